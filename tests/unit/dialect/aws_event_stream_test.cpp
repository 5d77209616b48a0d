#include "dialect/aws_event_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "unit/dialect/aws_frames.h"

using namespace penstock::dialect;
using namespace penstock::test;

namespace {

std::string bytesOf(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

// AWS's own vector of a message without anything.
const std::string kEmpty = bytesOf("000000100000000005c248eb7d98c8ff");
// Made by Python's zlib: headers of seven types, {"stopReason":"end_turn"}.
const std::string kMessageStop = bytesOf(
    "000000850000005c7ef9fd540b3a6576656e742d7479706507000b6d65737361676553746f70016e04000000"
    "07037965730002617408000000000000000102696409787878787878787878787878787878780d3a6d657373"
    "6167652d747970650700056576656e747b2273746f70526561736f6e223a22656e645f7475726e227d34c003"
    "84");

std::string shown(std::string_view bytes, size_t step, bool& valid) {
  AwsEventStream stream;
  std::string text;
  valid = true;
  for (size_t at = 0; at < bytes.size() && valid; at += step)
    valid = stream.feed(bytes.substr(at, step), [&text](const AwsFrame& frame) {
      text.append(frame.message_type).append(" ").append(frame.event_type);
      text.append(frame.exception_type).append(" ").append(frame.payload).append("\n");
    });
  if (stream.partial()) text += "partial";
  return text;
}

std::string shown(std::string_view bytes) {
  bool valid = false;
  std::string text = shown(bytes, bytes.size(), valid);
  return valid ? text : "invalid";
}

}  // namespace

TEST_SUITE("dialect/aws_event_stream") {
  TEST_CASE("messages are told apart, whatever their headers are") {
    CHECK(shown(kEmpty) == "  \n");
    CHECK(shown(kMessageStop) == "event messageStop {\"stopReason\":\"end_turn\"}\n");
    CHECK(shown(framesOf("exception throttlingException {\"message\":\"m\"}")) ==
          "exception throttlingException {\"message\":\"m\"}\n");
  }

  TEST_CASE("cuts make no difference") {
    const std::string bytes = kMessageStop + kEmpty + kMessageStop;
    bool valid = false;
    const std::string expected = shown(bytes, bytes.size(), valid);
    for (size_t step = 1; step < bytes.size(); ++step) {
      CHECK(shown(bytes, step, valid) == expected);
      CHECK(valid);
    }
  }

  TEST_CASE("a message that is cut is none") {
    for (size_t size = 1; size < kMessageStop.size(); ++size)
      CHECK(shown(std::string_view(kMessageStop).substr(0, size)) == "partial");
  }

  TEST_CASE("one wrong bit anywhere is found") {
    for (size_t i = 0; i < kMessageStop.size(); ++i) {
      std::string wrong = kMessageStop;
      wrong[i] = static_cast<char>(wrong[i] ^ 0x10);
      CHECK_MESSAGE(shown(wrong) == "invalid", i);
    }
  }

  TEST_CASE("lengths that do not hold are refused, before anything is stored for them") {
    const auto prelude = [](uint32_t total, uint32_t headers) {
      std::string bytes;
      appendNumber(bytes, total, 4);
      appendNumber(bytes, headers, 4);
      appendNumber(bytes, crc32(bytes), 4);
      return bytes;
    };
    CHECK(shown(prelude((16 << 20) + 1, 0)) == "invalid");
    CHECK(shown(prelude(15, 0)) == "invalid");
    CHECK(shown(prelude(20, 5)) == "invalid");
    CHECK(shown(prelude(20, 4)) == "partial");
  }

  TEST_CASE("headers that do not parse are refused, and the stream stays so") {
    for (const std::string& headers : {std::string("\5abc", 4), std::string("\1a\x0A", 3),
                                       std::string("\1a\7\0\5x", 6), std::string("\1a", 2)}) {
      std::string frame;
      appendNumber(frame, static_cast<uint32_t>(16 + headers.size()), 4);
      appendNumber(frame, static_cast<uint32_t>(headers.size()), 4);
      appendNumber(frame, crc32(frame), 4);
      frame += headers;
      appendNumber(frame, crc32(frame), 4);
      AwsEventStream stream;
      CHECK_FALSE(stream.feed(frame, [](const AwsFrame&) { FAIL("no frame"); }));
      CHECK_FALSE(stream.feed(kEmpty, [](const AwsFrame&) { FAIL("no frame"); }));
    }
  }
}
