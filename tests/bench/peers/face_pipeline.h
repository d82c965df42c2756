#pragma once

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_transforms.h>

#include "network.h"

using Picture = dlib::array2d<dlib::rgb_pixel>;
using Chip = dlib::matrix<dlib::rgb_pixel>;
using Descriptor = dlib::matrix<float, 0, 1>;
using Clock = std::chrono::steady_clock;

inline double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// What one pass over one picture took, and what it found.
struct Pass {
    std::size_t faces = 0;
    double detect_ms = 0, landmarks_ms = 0, chip_ms = 0, embed_ms = 0, total_ms = 0;
    std::optional<Descriptor> descriptor;
};

class FacePipeline {
public:
    enum class Needs { align, embed, both };

    FacePipeline(const std::filesystem::path& models, int upsample, Needs needs) : upsample_(upsample) {
        const auto load = [&](const char* file, auto& model) { dlib::deserialize((models / file).string()) >> model; };
        if (needs != Needs::embed) load("shape_predictor_68_face_landmarks.dat", all68_);
        if (needs == Needs::align) return;
        load("shape_predictor_5_face_landmarks.dat", five_);
        load("dlib_face_recognition_resnet_model_v1.dat", network_);
    }

    Pass align(const Picture& picture) {
        Pass pass;
        const auto start = Clock::now();
        const auto faces = detect(picture);
        pass.detect_ms = milliseconds_since(start);
        pass.faces = faces.size();
        for (const auto& face : faces) describe(picture, face, all68_, pass);
        pass.total_ms = milliseconds_since(start);
        return pass;
    }

    Pass embed(const Picture& picture) {
        Pass pass;
        const auto start = Clock::now();
        const auto faces = detect(picture);
        pass.detect_ms = milliseconds_since(start);
        pass.faces = faces.size();
        if (!faces.empty()) {
            const auto middle = dlib::center(dlib::get_rect(picture));
            const auto off_centre = [&](const auto& face) { return (dlib::center(face) - middle).length_squared(); };
            const auto central = *std::min_element(faces.begin(), faces.end(),
                [&](const auto& a, const auto& b) { return off_centre(a) < off_centre(b); });
            const auto chip = describe(picture, central, five_, pass);
            const auto before = Clock::now();
            pass.descriptor = network_(chip);
            pass.embed_ms = milliseconds_since(before);
        }
        pass.total_ms = milliseconds_since(start);
        return pass;
    }

private:
    // As dlib's Python detector does it: enlarge, search, and bring the boxes back down.
    std::vector<dlib::rectangle> detect(const Picture& picture) {
        if (upsample_ == 0) return detector_(picture);
        const dlib::pyramid_down<2> pyramid;
        Picture enlarged;
        dlib::pyramid_up(picture, enlarged, pyramid);
        for (int level = 1; level < upsample_; ++level) dlib::pyramid_up(enlarged, pyramid);
        auto faces = detector_(enlarged);
        for (auto& face : faces) face = pyramid.rect_down(face, upsample_);
        return faces;
    }

    static Chip describe(
        const Picture& picture, const dlib::rectangle& face, const dlib::shape_predictor& predictor, Pass& pass) {
        const auto start = Clock::now();
        const auto landmarks = predictor(picture, face);
        pass.landmarks_ms += milliseconds_since(start);
        const auto before = Clock::now();
        Chip chip;
        dlib::extract_image_chip(picture, dlib::get_face_chip_details(landmarks, 150, 0.25), chip);
        pass.chip_ms += milliseconds_since(before);
        return chip;
    }

    dlib::frontal_face_detector detector_ = dlib::get_frontal_face_detector();
    dlib::shape_predictor all68_, five_;
    Network network_;
    int upsample_;
};
