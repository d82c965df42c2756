// A libonnxruntime.so of another maker, for the tests: the real one, whose path stands in the file "real" beside it, with its own version and
// interface; and where the file "noise" lies there too, it computes something else than the real one does.
#include <dlfcn.h>

#include <cstring>
#include <fstream>
#include <string>

#define ORT_API_MANUAL_INIT
#include "onnxruntime_c_api.h"

namespace {
const OrtApiBase* g_base = nullptr;
const OrtApi* g_real = nullptr;
OrtApi g_own;

std::string Beside(const char* name) {
  Dl_info self{};
  dladdr(reinterpret_cast<void*>(&Beside), &self);
  std::string path(self.dli_fname);
  return path.substr(0, path.rfind('/') + 1) + name;
}

// Every second value gets another sign.
OrtStatus* ORT_API_CALL RunWithBinding(OrtSession* session, const OrtRunOptions* options, const OrtIoBinding* binding) noexcept {
  if (auto* status = g_real->RunWithBinding(session, options, binding)) return status;
  if (!std::ifstream(Beside("noise"))) return nullptr;
  OrtAllocator* allocator = nullptr;
  OrtValue** values = nullptr;
  size_t count = 0;
  if (auto* status = g_real->GetAllocatorWithDefaultOptions(&allocator)) return status;
  if (auto* status = g_real->GetBoundOutputValues(binding, allocator, &values, &count)) return status;
  for (size_t i = 0; i < count; i++) {
    void* data = nullptr;
    OrtTensorTypeAndShapeInfo* info = nullptr;
    size_t length = 0;
    if (auto* status = g_real->GetTensorMutableData(values[i], &data)) return status;
    if (auto* status = g_real->GetTensorTypeAndShape(values[i], &info)) return status;
    if (auto* status = g_real->GetTensorShapeElementCount(info, &length)) return status;
    for (size_t k = 0; k < length; k += 2) static_cast<float*>(data)[k] = -static_cast<float*>(data)[k];
    g_real->ReleaseTensorTypeAndShapeInfo(info);
    g_real->ReleaseValue(values[i]);
  }
  return allocator->Free(allocator, values), nullptr;
}

const OrtApi* ORT_API_CALL GetApi(uint32_t version) noexcept {
  g_real = g_base->GetApi(version);
  if (g_real == nullptr) return nullptr;
  std::memcpy(static_cast<void*>(&g_own), g_real, sizeof(g_own));
  g_own.RunWithBinding = &RunWithBinding;
  return &g_own;
}

const char* ORT_API_CALL GetVersionString() noexcept { return g_base->GetVersionString(); }

const OrtApiBase g_shim = {&GetApi, &GetVersionString};
}  // namespace

extern "C" __attribute__((visibility("default"))) const OrtApiBase* OrtGetApiBase() noexcept {
  std::ifstream file(Beside("real"));
  std::string path;
  std::getline(file, path);
  void* real = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (real == nullptr) return nullptr;
  g_base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(real, "OrtGetApiBase"))();
  return &g_shim;
}
