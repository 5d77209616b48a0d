// The golden streams of tests/golden/responses: NAME.in.sse as a provider sends it becomes
// NAME.out.sse and ends as NAME.end.txt says. PENSTOCK_ACCEPT=1 writes the latter two instead.
#include "dialect/responses_stream.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "http/sse.h"

using namespace penstock;
using namespace penstock::dialect;
namespace fs = std::filesystem;

namespace {

const fs::path kFolder = fs::path(__FILE__).parent_path() / "../../golden/responses";

std::string readFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void checkGolden(const fs::path& path, const std::string& text) {
  if (std::getenv("PENSTOCK_ACCEPT") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  CHECK_MESSAGE(readFile(path) == text, path.string());
}

std::string shown(const ChatStream& stream) {
  constexpr const char* kPhases[] = {"waiting", "streaming", "done", "failed"};
  constexpr const char* kFailures[] = {"", " by the provider's error", " on garbage", " by a cut"};
  const model::Usage& usage = stream.usage();
  return std::string(kPhases[static_cast<size_t>(stream.phase())]) +
         kFailures[static_cast<size_t>(stream.failure())] +
         (stream.released() ? ", released" : ", held") + "\nmodel " + stream.model() + ", tier " +
         stream.serviceTier() + "\ninput " + std::to_string(usage.input()) + ", cached " +
         std::to_string(usage.input_cache_read) + ", written " +
         std::to_string(usage.input_cache_write) + " and " +
         std::to_string(usage.input_cache_write_1h) + ", output " + std::to_string(usage.output()) +
         ", reasoning " + std::to_string(usage.output_reasoning) + ", searches " +
         std::to_string(usage.web_searches) + ", about " +
         std::to_string(stream.estimatedOutputTokens()) + "\nnext " +
         std::to_string(stream.nextSequence()) + "\n" + stream.upstreamError().message + "\n";
}

struct Relayed {
  std::string out, end;
  bool operator==(const Relayed&) const = default;
};

Relayed relay(std::string_view bytes, size_t cut, const std::string& trace) {
  ResponsesRelay stream;
  if (!trace.empty()) stream.setTrace([trace] { return trace; });
  Relayed relayed;
  stream.feed(bytes.substr(0, cut), relayed.out);
  stream.feed(bytes.substr(cut), relayed.out);
  stream.finish(relayed.out);
  relayed.end = shown(stream);
  return relayed;
}

std::string event(std::string_view type, std::string_view members) {
  std::string bytes;
  http::appendSseEvent(bytes, type,
                       R"({"type":")" + std::string(type) + R"(")" + std::string(members) + "}");
  return bytes;
}

}  // namespace

TEST_SUITE("dialect/responses_stream") {
  TEST_CASE("streams leave as the golden files say, wherever they are cut into reads") {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(kFolder)) {
      std::string name = entry.path().filename().string();
      if (!name.ends_with(".in.sse")) continue;
      ++count;
      name.resize(name.size() - 7);
      INFO(name);
      const std::string bytes = readFile(entry.path());
      const Relayed whole = relay(bytes, 0, R"({"n":1})");
      checkGolden(kFolder / (name + ".out.sse"), whole.out);
      checkGolden(kFolder / (name + ".end.txt"), whole.end);
      for (size_t cut = 1; cut < bytes.size(); ++cut)
        REQUIRE_MESSAGE(relay(bytes, cut, R"({"n":1})") == whole, "cut at ", cut);
    }
    CHECK(count >= 14);
  }

  TEST_CASE("without a trace a stream leaves byte for byte") {
    for (const char* name : {"tools", "thinking", "crlf", "comments", "length", "server_tools"}) {
      INFO(name);
      const std::string bytes = readFile(kFolder / (std::string(name) + ".in.sse"));
      std::string expected = bytes;
      // Comments before the first content are not the caller's.
      if (const size_t at = expected.find(": keep-alive\n\n"); at != std::string::npos)
        expected.erase(at, 14);
      CHECK(relay(bytes, 0, "").out == expected);
    }
  }

  TEST_CASE("nothing leaves before the first content, so that another target may be tried") {
    ResponsesRelay stream;
    std::string out;
    CHECK(stream.feed(event("response.created", R"(,"response":{"id":"r","model":"m"})") +
                          event("response.output_item.added", R"(,"item":{"type":"message"})") +
                          event("response.content_part.added", "") +
                          event("response.output_text.delta", R"(,"delta":"")"),
                      out) == StreamPhase::Waiting);
    CHECK(out.empty());
    CHECK(stream.feed(event("response.failed", R"(,"response":{"error":{"message":"no"}})"), out) ==
          StreamPhase::Failed);
    CHECK(out.empty());
    CHECK(stream.upstreamError().message == "no");
  }

  TEST_CASE("the response that ends a stream is kept when told so, once, without the trace") {
    const std::string bytes =
        event("response.created", R"(,"response":{"id":"r"})") +
        event("response.output_text.delta", R"(,"delta":"Hi")") +
        event("response.completed", R"(,"response":{"id":"r","status":"completed"})");
    for (const bool keeps : {true, false}) {
      ResponsesRelay stream;
      if (keeps) stream.keepResponse();
      stream.setTrace([] { return "{}"; });
      std::string out;
      for (const char& byte : bytes) {
        CHECK(stream.takeResponse().empty());
        stream.feed({&byte, 1}, out);
      }
      CHECK(out.find(R"("mlx:trace":{})") != std::string::npos);
      CHECK(stream.takeResponse() == (keeps ? R"({"id":"r","status":"completed"})" : ""));
      CHECK(stream.takeResponse().empty());
    }
  }

  TEST_CASE("a call that begins is content, for its name is told") {
    ResponsesRelay stream;
    std::string out;
    CHECK(stream.feed(
              event("response.output_item.added", R"(,"item":{"type":"function_call","name":"f"})"),
              out) == StreamPhase::Streaming);
    CHECK(stream.feed("data: rubbish\n\n", out) == StreamPhase::Failed);
    CHECK(stream.failure() == StreamFailure::Garbage);
  }
}
