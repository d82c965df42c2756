// An execution provider for the tests: a plugin library that computes two operators, Add and Relu, and behaves as the word in the file
// "mode" beside it says, read anew each time it matters:
//   honest   computes them               none     finds no device
//   wrong    computes something else     crash    dies by SIGSEGV while it computes
//   hang     never comes back            gone     fails while it computes, as a stick does that was pulled
//   idle     takes no operator           slow     takes 20 ms for each
//   building compiles as long as the word stands there
//   full     has no memory left to copy anything into
// With a file "exclusive" beside it, one process alone may open its device, as often as it likes; with a file "apart", it computes in memory
// of its own, into which the runtime has to copy, as into that of a card.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#define ORT_API_MANUAL_INIT
#include "onnxruntime_cxx_api.h"
#undef ORT_API_MANUAL_INIT

namespace {
constexpr const char* kName = "TestExecutionProvider";
const OrtApi* g_api = nullptr;
const OrtEpApi* g_ep_api = nullptr;

std::string Beside(const char* name) {
  Dl_info self{};
  dladdr(reinterpret_cast<void*>(&Beside), &self);
  std::string path(self.dli_fname);
  return path.substr(0, path.rfind('/') + 1) + name;
}

std::string Mode() {
  std::ifstream file(Beside("mode"));
  std::string word;
  file >> word;
  return word;
}

// The device that one process alone may open. Sessions of this one share it, and the last that goes gives it back.
class Device {
 public:
  bool Open() {
    std::lock_guard<std::mutex> alone(changing_);
    if (file_ < 0) {
      const int file = open(Beside("exclusive").c_str(), O_RDWR | O_CLOEXEC);
      if (file < 0) return true;  // it is not exclusive
      if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        close(file);
        return false;
      }
      file_ = file;
    }
    users_++;
    return true;
  }

  void Close() {
    std::lock_guard<std::mutex> alone(changing_);
    if (file_ < 0 || --users_ > 0) return;
    close(file_);
    file_ = -1;
  }

 private:
  std::mutex changing_;
  int file_ = -1, users_ = 0;
};

Device g_device;

// Memory that is told to the runtime as another device's. It is the process's own in truth.
struct Memory : OrtAllocator {
  OrtMemoryInfo* info = nullptr;

  Memory() : OrtAllocator{} {
    version = ORT_API_VERSION;
    OrtAllocator::Alloc = [](OrtAllocator*, size_t size) -> void* { return std::malloc(size); };
    OrtAllocator::Reserve = OrtAllocator::Alloc;
    OrtAllocator::Free = [](OrtAllocator*, void* memory) { std::free(memory); };
    OrtAllocator::Info = [](const OrtAllocator* self) -> const OrtMemoryInfo* { return static_cast<const Memory*>(self)->info; };
  }
};

Memory g_memory;

struct Transfer : OrtDataTransferImpl {
  Transfer() : OrtDataTransferImpl{} {
    ort_version_supported = ORT_API_VERSION;
    OrtDataTransferImpl::Release = [](OrtDataTransferImpl* self) noexcept { delete static_cast<Transfer*>(self); };
    OrtDataTransferImpl::CanCopy = [](const OrtDataTransferImpl*, const OrtMemoryDevice* from, const OrtMemoryDevice* to) noexcept {
      const auto* own = g_ep_api->MemoryInfo_GetMemoryDevice(g_memory.info);
      return g_ep_api->MemoryDevice_AreEqual(from, own) || g_ep_api->MemoryDevice_AreEqual(to, own);
    };
    OrtDataTransferImpl::CopyTensors = [](OrtDataTransferImpl*, const OrtValue** from, OrtValue** to, OrtSyncStream**, size_t count) noexcept -> OrtStatus* {
      if (Mode() == "full") return g_api->CreateStatus(ORT_EP_FAIL, "no memory is left on the device");
      for (size_t i = 0; i < count; i++) {
        const void* source = nullptr;
        void* target = nullptr;
        size_t bytes = 0;
        if (auto* status = g_api->GetTensorData(from[i], &source)) return status;
        if (auto* status = g_api->GetTensorMutableData(to[i], &target)) return status;
        if (auto* status = g_api->GetTensorSizeInBytes(from[i], &bytes)) return status;
        std::memcpy(target, source, bytes);
      }
      return nullptr;
    };
  }
};

struct Computation : OrtNodeComputeInfo {
  bool relu = false;

  explicit Computation(bool is_relu) : OrtNodeComputeInfo{}, relu(is_relu) {
    ort_version_supported = ORT_API_VERSION;
    CreateState = [](OrtNodeComputeInfo* self, OrtNodeComputeContext*, void** state) -> OrtStatus* {
      *state = self;
      return nullptr;
    };
    ReleaseState = [](OrtNodeComputeInfo*, void*) {};
    Compute = [](OrtNodeComputeInfo* self, void*, OrtKernelContext* context) -> OrtStatus* {
      return static_cast<Computation*>(self)->Run(context);
    };
  }

  OrtStatus* Run(OrtKernelContext* raw) {
    const auto mode = Mode();
    if (mode == "gone") return g_api->CreateStatus(ORT_EP_FAIL, "the device is gone (0x03e7:0xf63b, error -4)");
    if (mode == "crash") std::raise(SIGSEGV);
    while (mode == "hang") pause();
    if (mode == "slow") usleep(20000);

    Ort::KernelContext context(raw);
    auto a = context.GetInput(0);
    auto shape = a.GetTensorTypeAndShapeInfo().GetShape();
    auto count = a.GetTensorTypeAndShapeInfo().GetElementCount();
    auto out = context.GetOutput(0, shape);
    const float* left = a.GetTensorData<float>();
    // Where both are the same value, the runtime hands it in once.
    const float* right = context.GetInputCount() > 1 ? context.GetInput(1).GetTensorData<float>() : left;
    float* to = out.GetTensorMutableData<float>();
    for (size_t i = 0; i < count; i++) {
      const float sum = relu ? (left[i] > 0 ? left[i] : 0) : left[i] + right[i];
      to[i] = mode == "wrong" ? -sum * static_cast<float>(i % 7) : sum;
    }
    return nullptr;
  }
};

bool Sizes(const Ort::ConstValueInfo& value, std::vector<int64_t>& sizes) {
  if (value.IsConstantInitializer() || value.TypeInfo().GetONNXType() != ONNX_TYPE_TENSOR) return false;
  auto info = value.TypeInfo().GetTensorTypeAndShapeInfo();
  if (info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) return false;
  sizes = info.GetShape();
  for (auto size : sizes)
    if (size <= 0) return false;
  return true;
}

struct Provider : OrtEp {
  Provider() : OrtEp{} {
    ort_version_supported = ORT_API_VERSION;
    OrtEp::GetName = [](const OrtEp*) noexcept -> const char* { return kName; };
    OrtEp::GetCapability = [](OrtEp*, const OrtGraph* graph, OrtEpGraphSupportInfo* support) noexcept -> OrtStatus* {
      if (Mode() == "idle") return nullptr;
      for (const auto& node : Ort::ConstGraph(graph).GetNodes()) {
        const auto kind = node.GetOperatorType();
        const auto inputs = node.GetInputs();
        std::vector<int64_t> first, second;
        const bool takes = (kind == "Relu" && inputs.size() == 1 && Sizes(inputs[0], first)) ||
                           (kind == "Add" && inputs.size() == 2 && Sizes(inputs[0], first) && Sizes(inputs[1], second) && first == second);
        if (!takes) continue;
        OrtNodeFusionOptions options{};
        options.ort_version_supported = ORT_API_VERSION;
        const OrtNode* one[] = {node};
        if (auto* status = g_ep_api->EpGraphSupportInfo_AddNodesToFuse(support, one, 1, &options)) return status;
      }
      return nullptr;
    };
    OrtEp::Compile = [](OrtEp*, const OrtGraph** graphs, const OrtNode**, size_t count, OrtNodeComputeInfo** infos,
                        OrtNode**) noexcept -> OrtStatus* {
      if (Mode() == "building") std::ofstream(Beside("compiling")) << "since now";
      while (Mode() == "building") usleep(10000);
      for (size_t i = 0; i < count; i++)
        infos[i] = new Computation(Ort::ConstGraph(graphs[i]).GetNodes()[0].GetOperatorType() == "Relu");
      return nullptr;
    };
    OrtEp::ReleaseNodeComputeInfos = [](OrtEp*, OrtNodeComputeInfo** infos, size_t count) noexcept {
      for (size_t i = 0; i < count; i++) delete static_cast<Computation*>(infos[i]);
    };
  }
};

struct Factory : OrtEpFactory {
  Factory() : OrtEpFactory{} {
    ort_version_supported = ORT_API_VERSION;
    OrtEpFactory::GetName = [](const OrtEpFactory*) noexcept -> const char* { return kName; };
    OrtEpFactory::GetVendor = [](const OrtEpFactory*) noexcept -> const char* { return "EdgeFace tests"; };
    OrtEpFactory::GetVendorId = [](const OrtEpFactory*) noexcept -> uint32_t { return 0xED6E; };
    OrtEpFactory::GetVersion = [](const OrtEpFactory*) noexcept -> const char* { return "1.0.0"; };
    OrtEpFactory::GetSupportedDevices = [](OrtEpFactory* self, const OrtHardwareDevice* const* devices, size_t count,
                                           OrtEpDevice** found, size_t most, size_t* number) noexcept -> OrtStatus* {
      *number = 0;
      if (Mode() == "none") return nullptr;
      for (size_t i = 0; i < count && *number < most && *number == 0; i++) {
        if (g_api->HardwareDevice_Type(devices[i]) != OrtHardwareDeviceType_CPU) continue;
        auto** device = &found[(*number)++];
        if (auto* status = g_ep_api->CreateEpDevice(self, devices[i], nullptr, nullptr, device)) return status;
        if (!std::ifstream(Beside("apart"))) continue;
        if (g_memory.info == nullptr) {
          if (auto* status = g_api->CreateMemoryInfo_V2("TestMemory", OrtMemoryInfoDeviceType_GPU, 0xED6E, 0, OrtDeviceMemoryType_DEFAULT, 0,
                                                        OrtDeviceAllocator, &g_memory.info)) return status;
        }
        if (auto* status = g_ep_api->EpDevice_AddAllocatorInfo(*device, g_memory.info)) return status;
      }
      return nullptr;
    };
    OrtEpFactory::CreateEp = [](OrtEpFactory*, const OrtHardwareDevice* const*, const OrtKeyValuePairs* const*, size_t,
                                const OrtSessionOptions*, const OrtLogger*, OrtEp** ep) noexcept -> OrtStatus* {
      if (!g_device.Open()) return g_api->CreateStatus(ORT_EP_FAIL, "the device is held by another process");
      *ep = new Provider();
      return nullptr;
    };
    OrtEpFactory::ReleaseEp = [](OrtEpFactory*, OrtEp* ep) noexcept {
      delete static_cast<Provider*>(ep);
      g_device.Close();
    };
    OrtEpFactory::CreateAllocator = [](OrtEpFactory*, const OrtMemoryInfo*, const OrtKeyValuePairs*, OrtAllocator** allocator) noexcept -> OrtStatus* {
      *allocator = g_memory.info == nullptr ? nullptr : &g_memory;
      return nullptr;
    };
    OrtEpFactory::ReleaseAllocator = [](OrtEpFactory*, OrtAllocator*) noexcept {};
    OrtEpFactory::CreateDataTransfer = [](OrtEpFactory*, OrtDataTransferImpl** transfer) noexcept -> OrtStatus* {
      *transfer = g_memory.info == nullptr ? nullptr : new Transfer();
      return nullptr;
    };
    OrtEpFactory::IsStreamAware = [](const OrtEpFactory*) noexcept { return false; };
  }
};
}  // namespace

extern "C" __attribute__((visibility("default"))) OrtStatus* CreateEpFactories(
    const char*, const OrtApiBase* base, const OrtLogger*, OrtEpFactory** factories, size_t most, size_t* number) {
  g_api = base->GetApi(ORT_API_VERSION);
  g_ep_api = g_api->GetEpApi();
  Ort::InitApi(g_api);
  if (most < 1) return g_api->CreateStatus(ORT_INVALID_ARGUMENT, "no room for a factory");
  factories[0] = new Factory();
  *number = 1;
  return nullptr;
}

extern "C" __attribute__((visibility("default"))) OrtStatus* ReleaseEpFactory(OrtEpFactory* factory) {
  delete static_cast<Factory*>(factory);
  return nullptr;
}
