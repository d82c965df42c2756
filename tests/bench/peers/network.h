#pragma once

#include <dlib/dnn.h>

// The ResNet of dlib_face_recognition_resnet_model_v1.dat. The shape is fixed by that file and is the one of dlib's
// public-domain example dnn_face_recognition_ex.cpp.
template <int N, template <typename> class BN, int stride, typename SUBNET>
using Block = BN<dlib::con<N, 3, 3, 1, 1, dlib::relu<BN<dlib::con<N, 3, 3, stride, stride, SUBNET>>>>>;
template <int N, typename SUBNET>
using Same = dlib::relu<dlib::add_prev1<Block<N, dlib::affine, 1, dlib::tag1<SUBNET>>>>;
template <int N, typename SUBNET>
using Half = dlib::relu<dlib::add_prev2<
    dlib::avg_pool<2, 2, 2, 2, dlib::skip1<dlib::tag2<Block<N, dlib::affine, 2, dlib::tag1<SUBNET>>>>>>>;
template <typename SUBNET> using Level4 = Same<32, Same<32, Same<32, SUBNET>>>;
template <typename SUBNET> using Level3 = Same<64, Same<64, Same<64, Half<64, SUBNET>>>>;
template <typename SUBNET> using Level2 = Same<128, Same<128, Half<128, SUBNET>>>;
template <typename SUBNET> using Level1 = Same<256, Same<256, Half<256, SUBNET>>>;
template <typename SUBNET> using Level0 = Half<256, SUBNET>;
using Stem = dlib::max_pool<3, 3, 2, 2,
    dlib::relu<dlib::affine<dlib::con<32, 7, 7, 2, 2, dlib::input_rgb_image_sized<150>>>>>;
using Network = dlib::loss_metric<
    dlib::fc_no_bias<128, dlib::avg_pool_everything<Level0<Level1<Level2<Level3<Level4<Stem>>>>>>>>;
