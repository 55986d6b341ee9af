// What the binding files share: registration functions and the guard that lets no C++ exception cross into JavaScript.
#pragma once

#include <napi.h>

#include <exception>

namespace charactershot {

constexpr int kMaxThreads = 256;

void registerRender(Napi::Env env, Napi::Object exports);
void registerHexPlane(Napi::Env env, Napi::Object exports);
void registerNodes(Napi::Env env, Napi::Object exports);
void registerNeighbours(Napi::Env env, Napi::Object exports);
void registerTrainer(Napi::Env env, Napi::Object exports);

// Runs `call`; std::bad_alloc and other C++ exceptions become JavaScript errors.
template <typename Call>
auto throwingToJavaScript(Napi::Env env, Call&& call) {
  try {
    return call();
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw Napi::Error::New(env, "not enough memory for the native engine");
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, error.what());
  }
}

// A binding under that guard.
template <Napi::Value (*kFunction)(const Napi::CallbackInfo&)>
Napi::Value guarded(const Napi::CallbackInfo& info) {
  return throwingToJavaScript(info.Env(), [&] { return kFunction(info); });
}

inline Napi::Object objectArgument(const Napi::CallbackInfo& info, size_t index) {
  if (info.Length() <= index || !info[index].IsObject())
    throw Napi::TypeError::New(info.Env(), "expected an options object");
  return info[index].As<Napi::Object>();
}

}  // namespace charactershot
