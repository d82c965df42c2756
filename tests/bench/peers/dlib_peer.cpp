// dlib and the face_recognition pipeline built on it, as a peer that a bench can run beside EdgeFace.
//
//   dlib_peer align [options] --repeat N PICTURE...
//   dlib_peer serve [options]                        (reads lines "align PATH" or "embed PATH" from stdin)
//   dlib_peer pairs [options] PAIRS_FILE IMAGES_DIR  (LFW pairs format, images in DIR/Name/Name_0001.jpg)
//
//   --models DIR    the three .dat files (default: models/ beside this program)
//   --upsample K    double the picture K times before detection (default 0; pairs: 1, as face_recognition does)
//   --threads N     threads of the matrix product in the network (default 1). All else in dlib is one thread.
//   --repeat N      align: timed passes after three untimed ones (default 20)
//
// Every line on stdout is one JSON object and begins with "kind". Times are milliseconds of steady_clock, decoding
// of the file is never among them except as load_ms of the summary.
//   about    first line: dlib, simd (what this file and its templates were compiled for), blas, threads, upsample
//   ready    serve only, second line: the models are loaded
//   align    picture, width, height, faces, detect_ms, landmarks_ms, chip_ms, total_ms, fps
//            HOG frontal_face_detector, then 68 landmarks and a 150-pixel chip of EVERY face found. In mode align each
//            time is the median of the passes (so the parts need not add up to the total); in serve it is one pass.
//   embed    picture, width, height, faces, detect_ms, landmarks_ms, chip_ms, embed_ms, total_ms, descriptor
//            HOG, then 5 landmarks (face_encodings' default model "small"), chip and network (num_jitters 1) of ONE
//            face: of several, the one nearest the picture's centre. descriptor is 128 numbers, or null when no face.
//   pair     index, same, first, second, distance (null when a picture gave no face)
//   summary  pairs, pictures, pictures_without_face, failures (pairs with such a picture), accuracy_at_0_6 and
//            best_accuracy with best_threshold (the threshold is chosen on these very pairs, so it flatters), each as
//            .._failures_wrong (a pair without a distance is an error) and .._failures_excluded; seconds; and
//            median load_ms, detect_ms, landmarks_ms, chip_ms, embed_ms per picture
//   error    message. serve goes on; the other modes end with status 1.
//
// The 68-point weights were trained on iBUG 300-W, whose licence excludes commercial use: for this comparison only.

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <dlib/image_io.h>

#include "face_pipeline.h"
#include "json_line.h"

// OpenBLAS, which has no header in Debian's run-time package.
extern "C" void openblas_set_num_threads(int threads);
extern "C" const char* openblas_get_config();
extern "C" const char* openblas_get_corename();

namespace {

double median(std::vector<double> values) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    std::sort(values.begin(), values.end());
    const auto half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct Options {
    std::filesystem::path models = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "models";
    std::optional<int> upsample;
    int threads = 1;
    int repeat = 20;
    std::vector<std::string> rest;
};

Picture load(const std::string& path) {
    Picture picture;
    dlib::load_image(picture, path);
    return picture;
}

JsonLine line_of(const std::string& kind, const std::string& path, const Picture& picture, std::size_t faces) {
    JsonLine line(kind);
    line.add("picture", path).add("width", picture.nc()).add("height", picture.nr()).add("faces", long(faces));
    return line;
}

void align_mode(const Options& options) {
    FacePipeline peer(options.models, options.upsample.value_or(0), FacePipeline::Needs::align);
    for (const auto& path : options.rest) {
        const auto picture = load(path);
        for (int i = 0; i < 3; ++i) peer.align(picture);
        std::array<std::vector<double>, 4> times;
        std::size_t faces = 0;
        for (int i = 0; i < options.repeat; ++i) {
            const auto pass = peer.align(picture);
            faces = pass.faces;
            times[0].push_back(pass.detect_ms);
            times[1].push_back(pass.landmarks_ms);
            times[2].push_back(pass.chip_ms);
            times[3].push_back(pass.total_ms);
        }
        line_of("align", path, picture, faces)
            .add("detect_ms", median(times[0])).add("landmarks_ms", median(times[1])).add("chip_ms", median(times[2]))
            .add("total_ms", median(times[3])).add("fps", 1000 / median(times[3])).print();
    }
}

void answer(FacePipeline& peer, std::map<std::string, Picture>& pictures, const std::string& request) {
    const auto verb = request.substr(0, request.find(' '));
    if ((verb != "align" && verb != "embed") || verb.size() + 1 >= request.size())
        throw std::runtime_error("'" + request + "' is neither 'align PATH' nor 'embed PATH'");
    const auto path = request.substr(verb.size() + 1);
    if (pictures.count(path) == 0) pictures.emplace(path, load(path)); // decoded once: later passes find it here
    const auto& picture = pictures.at(path);
    const auto pass = verb == "align" ? peer.align(picture) : peer.embed(picture);
    auto line = line_of(verb, path, picture, pass.faces);
    line.add("detect_ms", pass.detect_ms).add("landmarks_ms", pass.landmarks_ms).add("chip_ms", pass.chip_ms);
    if (verb == "align") {
        line.add("total_ms", pass.total_ms).add("fps", 1000 / pass.total_ms).print();
        return;
    }
    std::string numbers = pass.descriptor ? "[" : "null";
    if (pass.descriptor) {
        for (const auto number : *pass.descriptor) numbers += (numbers.size() > 1 ? "," : "") + std::to_string(number);
        numbers += "]";
    }
    line.add("embed_ms", pass.embed_ms).add("total_ms", pass.total_ms).raw("descriptor", numbers).print();
}

void serve_mode(const Options& options) {
    FacePipeline peer(options.models, options.upsample.value_or(0), FacePipeline::Needs::both);
    std::map<std::string, Picture> pictures;
    JsonLine("ready").print();
    for (std::string request; std::getline(std::cin, request);) {
        try {
            answer(peer, pictures, request);
        } catch (const std::exception& error) {
            JsonLine("error").add("message", error.what()).print();
        }
    }
}

struct Pair {
    std::string first, second;
    bool same;
    std::optional<double> distance;
};

// Lines of three words are one person's two pictures, of four words two persons'; a count line has one or two.
std::vector<Pair> read_pairs(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read the pairs file '" + path + "'");
    const auto name = [](const std::string& person, const std::string& number) {
        const std::string zeros(4 - std::min<std::size_t>(4, number.size()), '0');
        return person + "/" + person + "_" + zeros + number + ".jpg";
    };
    std::vector<Pair> pairs;
    for (std::string text; std::getline(file, text);) {
        std::istringstream words(text);
        const std::vector<std::string> w{std::istream_iterator<std::string>(words), {}};
        if (w.size() == 3) pairs.push_back({name(w[0], w[1]), name(w[0], w[2]), true, {}});
        else if (w.size() == 4) pairs.push_back({name(w[0], w[1]), name(w[2], w[3]), false, {}});
        else if (w.size() > 4) throw std::runtime_error("'" + text + "' is no line of an LFW pairs file");
    }
    return pairs;
}

// Right answers when pairs nearer than the threshold, or at it, are called the same (compare_faces uses <=).
long right_at(const std::vector<Pair>& pairs, double threshold) {
    return std::count_if(pairs.begin(), pairs.end(),
        [&](const Pair& pair) { return pair.distance && (*pair.distance <= threshold) == pair.same; });
}

void pairs_mode(const Options& options) {
    if (options.rest.size() != 2) throw std::runtime_error("pairs takes PAIRS_FILE IMAGES_DIR");
    FacePipeline peer(options.models, options.upsample.value_or(1), FacePipeline::Needs::embed);
    auto pairs = read_pairs(options.rest[0]);
    std::map<std::string, std::optional<Descriptor>> descriptors;
    std::array<std::vector<double>, 5> times;
    const auto start = Clock::now();
    const auto descriptor_of = [&](const std::string& path) {
        if (const auto known = descriptors.find(path); known != descriptors.end()) return known->second;
        const auto before = Clock::now();
        const auto picture = load(options.rest[1] + "/" + path);
        times[0].push_back(milliseconds_since(before));
        const auto pass = peer.embed(picture);
        times[1].push_back(pass.detect_ms);
        if (pass.descriptor) {
            times[2].push_back(pass.landmarks_ms);
            times[3].push_back(pass.chip_ms);
            times[4].push_back(pass.embed_ms);
        }
        return descriptors.emplace(path, pass.descriptor).first->second;
    };
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        auto& pair = pairs[i];
        const auto a = descriptor_of(pair.first), b = descriptor_of(pair.second);
        if (a && b) pair.distance = dlib::length(*a - *b);
        JsonLine("pair").add("index", long(i)).add("same", pair.same).add("first", pair.first)
            .add("second", pair.second).add("distance", pair.distance).print();
    }
    const auto seconds = milliseconds_since(start) / 1000;

    double best_threshold = 0;
    for (const auto& pair : pairs)
        if (pair.distance && right_at(pairs, *pair.distance) > right_at(pairs, best_threshold))
            best_threshold = *pair.distance;
    const auto all = double(pairs.size());
    const auto failures = std::count_if(pairs.begin(), pairs.end(), [](const Pair& p) { return !p.distance; });
    const auto faceless =
        std::count_if(descriptors.begin(), descriptors.end(), [](const auto& known) { return !known.second; });
    const auto at_06 = double(right_at(pairs, 0.6)), best = double(right_at(pairs, best_threshold));
    JsonLine("summary").add("pairs", long(pairs.size())).add("pictures", long(descriptors.size()))
        .add("pictures_without_face", long(faceless)).add("failures", long(failures))
        .add("accuracy_at_0_6_failures_wrong", at_06 / all)
        .add("accuracy_at_0_6_failures_excluded", at_06 / (all - double(failures)))
        .add("best_threshold", best_threshold).add("best_accuracy_failures_wrong", best / all)
        .add("best_accuracy_failures_excluded", best / (all - double(failures)))
        .add("seconds", seconds).add("load_ms", median(times[0])).add("detect_ms", median(times[1]))
        .add("landmarks_ms", median(times[2])).add("chip_ms", median(times[3])).add("embed_ms", median(times[4]))
        .print();
}

Options read_options(int argc, char** argv) {
    Options options;
    for (int i = 2; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string {
            if (++i == argc) throw std::runtime_error(word + " wants a value");
            return argv[i];
        };
        if (word == "--models") options.models = value();
        else if (word == "--upsample") options.upsample = std::stoi(value());
        else if (word == "--threads") options.threads = std::stoi(value());
        else if (word == "--repeat") options.repeat = std::stoi(value());
        else if (word.rfind("--", 0) == 0) throw std::runtime_error("unknown option " + word);
        else options.rest.push_back(word);
    }
    if (options.upsample.value_or(0) < 0 || options.threads < 1 || options.repeat < 1)
        throw std::runtime_error("--upsample is 0 or more, --threads and --repeat are 1 or more");
    return options;
}

std::string simd() {
    std::string names = "SSE2";
#ifdef DLIB_HAVE_SSE41
    names += " SSE4.1";
#endif
#ifdef DLIB_HAVE_AVX
    names += " AVX";
#endif
#ifdef DLIB_HAVE_AVX2
    names += " AVX2";
#endif
#ifdef __FMA__
    names += " FMA";
#endif
#ifdef __AVX512F__
    names += " AVX512F(compiler)";
#endif
    return names;
}

} // namespace

int main(int argc, char** argv) try {
    const std::string mode = argc > 1 ? argv[1] : "";
    const auto options = read_options(argc, argv);
    openblas_set_num_threads(options.threads);
    JsonLine("about").add("dlib", DLIB_PEER_LIBRARY).add("simd", simd())
        .add("blas", std::string(openblas_get_config()) + ", running as " + openblas_get_corename())
        .add("threads", long(options.threads))
        .add("upsample", long(options.upsample.value_or(mode == "pairs" ? 1 : 0))).print();
    if (mode == "align") align_mode(options);
    else if (mode == "serve") serve_mode(options);
    else if (mode == "pairs") pairs_mode(options);
    else throw std::runtime_error("usage: dlib_peer align|serve|pairs ... (the head of dlib_peer.cpp says it all)");
    return 0;
} catch (const std::exception& error) {
    JsonLine("error").add("message", error.what()).print();
    return 1;
}
