#!/usr/bin/python3
"""A real RTSP server for tests: GStreamer's, on the loopback address.

    rtsp_server.py PORT [--video FILE.mp4] [--size WxH] [--user NAME --password WORD]

Serves rtsp://127.0.0.1:PORT/door: a moving test pattern as JPEG, or the H.264 of a video file as it is.
Prints "ready" once it listens. Debian: gir1.2-gst-rtsp-server-1.0, python3-gi, gstreamer1.0-plugins-base and -good.
"""
import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

ROLE = "viewer"


def pipeline(options):
    if options.video:
        return f'( filesrc location="{options.video}" ! qtdemux ! rtph264pay name=pay0 config-interval=-1 )'
    width, height = options.size.split("x")
    return (
        f"( videotestsrc is-live=true pattern={options.pattern} ! video/x-raw,format=I420,width={width},height={height},"
        "framerate=25/1 ! jpegenc quality=70 ! rtpjpegpay name=pay0 )"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("--video")
    parser.add_argument("--size", default="320x240")
    parser.add_argument("--pattern", default="ball")
    parser.add_argument("--user")
    parser.add_argument("--password")
    options = parser.parse_args()

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(options.port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    factory.set_launch(pipeline(options))
    if options.user:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", ROLE)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), token)
        server.set_auth(auth)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_role(ROLE)
        permissions.add_permission_for_role(ROLE, "media.factory.access", True)
        permissions.add_permission_for_role(ROLE, "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/door", factory)
    if server.attach(None) == 0:
        sys.exit(f"port {options.port} is taken")
    print("ready", flush=True)
    GLib.MainLoop().run()


main()
