#include "bind.h"
#include "kernels.h"

namespace charactershot {

namespace {

Napi::Value kernelsName(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), kernels().name); }

Napi::Value setKernels(const Napi::CallbackInfo& info) {
  const std::string name = info.Length() > 0 && info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : "";
  return Napi::Boolean::New(info.Env(), chooseKernels(name.c_str()));
}

}  // namespace

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("kernels", Napi::Function::New(env, kernelsName, "kernels"));
  exports.Set("setKernels", Napi::Function::New(env, setKernels, "setKernels"));
  registerRender(env, exports);
  registerHexPlane(env, exports);
  registerNodes(env, exports);
  registerNeighbours(env, exports);
  registerTrainer(env, exports);
  return exports;
}

}  // namespace charactershot

static Napi::Object initAddon(Napi::Env env, Napi::Object exports) { return charactershot::init(env, exports); }
NODE_API_MODULE(charactershot, initAddon)
