// The decoders below the dialects: reading ends, whatever the bytes are, and gives the same however
// they are cut.
#include <string>
#include <string_view>
#include <vector>

#include "dialect/aws_event_stream.h"
#include "dialect/json_array_stream.h"
#include "fuzz/targets.h"
#include "http/chunked.h"
#include "http/head_parser.h"
#include "http/sse.h"
#include "json/document.h"
#include "json/raw.h"
#include "json/scan.h"

namespace penstock::fuzz {
namespace {

// What `read` makes of the bytes, cut into steps; it answers false when it gives up.
template <typename Read>
void requireSameHoweverCut(Read read, std::string_view bytes) {
  const std::vector<std::string> whole = read(bytes, bytes.size() + 1);
  for (const size_t step : {1, 3}) require(read(bytes, step) == whole);
}

template <typename Decoder, typename Callback>
std::vector<std::string> decoded(std::string_view bytes, size_t step, Callback text) {
  Decoder decoder;
  std::vector<std::string> all;
  for (size_t at = 0; at < bytes.size(); at += step) {
    const bool good =
        decoder.feed(bytes.substr(at, step), [&](const auto& one) { all.push_back(text(one)); });
    if (good) continue;
    all.push_back("unusable");
    break;
  }
  return all;
}

std::vector<std::string> chunked(std::string_view bytes, size_t step,
                                 http::ChunkedDecoder::Peer peer) {
  http::ChunkedDecoder decoder(peer);
  std::string body;
  for (size_t at = 0; at < bytes.size(); at += step) {
    std::string_view piece = bytes.substr(at, step);
    const auto state = decoder.feed(piece, [&](std::string_view data) { body.append(data); });
    if (state == http::ChunkedDecoder::State::NeedMore) continue;
    const bool done = state == http::ChunkedDecoder::State::Done;
    return {body, done ? "done" : "malformed",
            std::to_string(done ? at + std::min(step, bytes.size() - at) - piece.size() : 0)};
  }
  return {body};
}

// Members are views that the index found: every one is JSON of its kind.
void requireMembers(const penstock::json::ObjectIndex& index) {
  for (const penstock::json::Member& member : index) {
    require(penstock::json::validate(member.value).has_value());
    require(penstock::json::rawKind(member.value) == member.kind);
    require(index.find(member.key) == &member);
  }
}

}  // namespace

void json(std::string_view bytes) {
  penstock::json::ObjectIndex index;
  if (penstock::json::scanObject(bytes, index)) requireMembers(index);
  const auto document = penstock::json::parse(bytes);
  if (!document) return;
  require(penstock::json::validate(bytes).has_value());
  const std::string text = document->root().text();
  const auto again = penstock::json::parse(text);
  require(again.has_value() && again->root().text() == text);
}

void sse(std::string_view bytes) {
  std::string raws;
  requireSameHoweverCut(
      [&](std::string_view input, size_t step) {
        return decoded<http::SseLexer>(input, step, [](const http::SseEvent& event) {
          return std::string(event.name) + "\n" + std::string(event.data) + "\n" +
                 std::string(event.raw);
        });
      },
      bytes);
  http::SseLexer lexer;
  if (!lexer.feed(bytes, [&](const http::SseEvent& event) { raws += event.raw; })) return;
  raws += lexer.pending();
  require(raws == bytes);
}

void awsEventStream(std::string_view bytes) {
  requireSameHoweverCut(
      [](std::string_view input, size_t step) {
        return decoded<dialect::AwsEventStream>(input, step, [](const dialect::AwsFrame& frame) {
          return std::string(frame.message_type) + "\n" + std::string(frame.event_type) + "\n" +
                 std::string(frame.exception_type) + "\n" + std::string(frame.payload);
        });
      },
      bytes);
}

void jsonArrayStream(std::string_view bytes) {
  requireSameHoweverCut(
      [](std::string_view input, size_t step) {
        return decoded<dialect::JsonArrayStream>(
            input, step, [](std::string_view element) { return std::string(element); });
      },
      bytes);
}

void httpChunked(std::string_view bytes) {
  for (const auto peer : {http::ChunkedDecoder::Peer::Client, http::ChunkedDecoder::Peer::Upstream})
    requireSameHoweverCut(
        [peer](std::string_view input, size_t step) { return chunked(input, step, peer); }, bytes);
}

// What the scanner calls a whole head is what the parsers are given.
void httpHead(std::string_view bytes) {
  http::HeadScanner scanner;
  const auto state = scanner.scan(bytes);
  http::HeadScanner slow;
  auto slow_state = http::HeadScanner::State::NeedMore;
  for (size_t size = 1; size <= bytes.size() && slow_state == http::HeadScanner::State::NeedMore;
       ++size)
    slow_state = slow.scan(bytes.substr(0, size));
  require(state == slow_state);
  if (state != http::HeadScanner::State::Complete) return;
  require(scanner.headBytes() == slow.headBytes() && scanner.headBytes() <= bytes.size());
  const std::string_view head = bytes.substr(0, scanner.headBytes());
  http::Request request;
  static_cast<void>(http::parseRequestHead(head, {}, request));
  http::HeaderList headers;
  static_cast<void>(http::parseResponseHead(head, {}, headers));
}

}  // namespace penstock::fuzz
