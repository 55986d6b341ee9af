// Reading JavaScript arguments: every mistake becomes a TypeError or RangeError that names the argument and its shape.
#pragma once

#include <napi.h>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

namespace charactershot {

inline Napi::Value field(const Napi::Object& object, const char* name) {
  if (!object.Has(name)) throw Napi::TypeError::New(object.Env(), std::string(name) + ": missing");
  return object.Get(name);
}

inline bool hasField(const Napi::Object& object, const char* name) {
  return object.Has(name) && !object.Get(name).IsUndefined() && !object.Get(name).IsNull();
}

inline Napi::Object objectField(const Napi::Object& object, const char* name) {
  const Napi::Value value = field(object, name);
  if (!value.IsObject()) throw Napi::TypeError::New(object.Env(), std::string(name) + ": expected an object");
  return value.As<Napi::Object>();
}

inline double numberField(const Napi::Object& object, const char* name) {
  const Napi::Value value = field(object, name);
  if (!value.IsNumber()) throw Napi::TypeError::New(object.Env(), std::string(name) + ": expected a number");
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!std::isfinite(number)) throw Napi::RangeError::New(object.Env(), std::string(name) + ": not finite");
  return number;
}

inline double numberField(const Napi::Object& object, const char* name, double fallback) {
  return hasField(object, name) ? numberField(object, name) : fallback;
}

inline int intField(const Napi::Object& object, const char* name, int low, int high) {
  const double number = numberField(object, name);
  if (number != std::floor(number) || number < low || number > high) {
    std::ostringstream text;
    text << name << ": expected an integer in [" << low << ", " << high << "], got " << number;
    throw Napi::RangeError::New(object.Env(), text.str());
  }
  return static_cast<int>(number);
}

inline bool boolField(const Napi::Object& object, const char* name, bool fallback) {
  return hasField(object, name) ? object.Get(name).ToBoolean().Value() : fallback;
}

inline std::string shapeText(const std::vector<int64_t>& shape) {
  std::ostringstream text;
  int64_t total = 1;
  text << "[";
  for (size_t i = 0; i < shape.size(); i++) {
    text << (i ? ", " : "") << shape[i];
    total *= shape[i];
  }
  text << "] = " << total;
  return text.str();
}

// A typed array of exactly the given shape, row-major.
template <typename Array>
Array arrayField(const Napi::Object& object, const char* name, const std::vector<int64_t>& shape, const char* elements,
                 napi_typedarray_type type) {
  const Napi::Value value = field(object, name);
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type)
    throw Napi::TypeError::New(object.Env(), std::string(name) + ": expected " + elements);
  const Array array = value.As<Array>();
  int64_t total = 1;
  for (const int64_t n : shape) total *= n;
  if (static_cast<int64_t>(array.ElementLength()) != total) {
    std::ostringstream text;
    text << name << ": expected " << shapeText(shape) << " values, got " << array.ElementLength();
    throw Napi::RangeError::New(object.Env(), text.str());
  }
  return array;
}

inline Napi::Float32Array floatsField(const Napi::Object& object, const char* name, const std::vector<int64_t>& shape) {
  return arrayField<Napi::Float32Array>(object, name, shape, "a Float32Array", napi_float32_array);
}
inline Napi::Int32Array intsField(const Napi::Object& object, const char* name, const std::vector<int64_t>& shape) {
  return arrayField<Napi::Int32Array>(object, name, shape, "an Int32Array", napi_int32_array);
}
inline Napi::Uint8Array bytesField(const Napi::Object& object, const char* name, const std::vector<int64_t>& shape) {
  return arrayField<Napi::Uint8Array>(object, name, shape, "a Uint8Array", napi_uint8_array);
}

// Floats that must all be finite; the message names the first that is not.
inline Napi::Float32Array finiteField(const Napi::Object& object, const char* name, const std::vector<int64_t>& shape) {
  const Napi::Float32Array array = floatsField(object, name, shape);
  for (size_t i = 0; i < array.ElementLength(); i++)
    if (!std::isfinite(array[i])) {
      std::ostringstream text;
      text << name << ": value " << i << " of " << shapeText(shape) << " is " << array[i] << ", not a finite number";
      throw Napi::RangeError::New(object.Env(), text.str());
    }
  return array;
}

// Copies into memory that V8 owns: Electron forbids external array buffers.
inline Napi::Float32Array newFloats(Napi::Env env, const float* values, size_t count) {
  Napi::Float32Array array = Napi::Float32Array::New(env, count);
  std::copy(values, values + count, array.Data());
  return array;
}

}  // namespace charactershot
