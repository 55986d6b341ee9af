// The HexPlane configuration as JavaScript writes it (HexPlaneConfig in core/deformation/deformation.ts).
#pragma once

#include "hexplane.h"
#include "napi_args.h"

namespace charactershot {

HexPlaneConfig hexPlaneConfigFrom(const Napi::Object& object);

// Reads tensors under their published names; with `gridOnly` the planes alone. Missing or misshapen ones are named.
void readHexPlaneParameters(const Napi::Object& parameters, HexPlane& network, bool gridOnly);

// Writes a flat buffer as an object of Float32Arrays under the published names.
Napi::Object writeHexPlaneTensors(Napi::Env env, const HexPlane& network, const float* flat, bool gridOnly);

}  // namespace charactershot
