#include "http/sse.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace penstock::http;

namespace {

struct Parsed {
  std::string events;  // "name=data|" each; blocks without data as "~|"
  std::string raw;
  std::vector<std::string> raws;
  bool complete = false;
  bool operator==(const Parsed&) const = default;
};

Parsed parse(const std::vector<std::string_view>& reads) {
  Parsed parsed;
  SseLexer lexer;
  const auto each = [&parsed](const SseEvent& event) {
    if (event.data.empty())
      parsed.events += "~|";
    else
      parsed.events += std::string(event.name) + "=" + std::string(event.data) + "|";
    parsed.raw += event.raw;
    parsed.raws.emplace_back(event.raw);
  };
  for (const auto read : reads) REQUIRE(lexer.feed(read, each));
  parsed.complete = lexer.finish(each);
  parsed.raw += lexer.pending();
  return parsed;
}

struct Case {
  std::string stream;
  std::string events;
  bool complete = true;
};

const std::vector<Case> kCases = {
    {"data: a\n\ndata: b\n\n", "=a|=b|"},
    {"data: a\r\n\r\ndata: b\r\n\r\n", "=a|=b|"},
    {"data: a\r\rdata: b\r\r", "=a|=b|"},
    {"data: a\r\n\rdata: b\n\r\ndata: c\r\n\n", "=a|=b|=c|"},
    {"\xEF\xBB\xBF"
     "data: bom\n\n",
     "=bom|"},
    {"\xEF\xBB"
     "data: no bom\n\n",
     "~|"},
    {"event: ping\ndata: {\"type\":\"ping\"}\n\n", "ping={\"type\":\"ping\"}|"},
    {": comment\n\ndata: x\n\n", "~|=x|"},
    {": comment\ndata: x\n: another\n\n", "=x|"},
    {"data: one\ndata: two\ndata:\ndata: three\n\n", "=one\ntwo\n\nthree|"},
    {"data:no space\n\ndata:  two spaces\n\n", "=no space|= two spaces|"},
    {"data\n\ndata\ndata\n\n", "~|=\n|"},
    {"event: lonely\n\ndata: x\n\n", "~|=x|"},
    {"id: 7\nretry: 10\nunknown: x\ndata: y\n\n", "=y|"},
    {"\n\n\ndata: after blank lines\n\n", "~|~|~|=after blank lines|"},
    {"data: cut", "", false},
    {"data: a\n\ndata: cut\n", "=a|", false},
    {"data: a\n\nevent: x\r", "=a|", false},
    {"data: a\n\n: trailing comment", "=a|"},
    {"data: a\n\n: trailing comment\n", "=a|"},
    {"data: a\n\nd", "=a|", false},
    {"", ""},
    {"data: [DONE]\r\n\r\n", "=[DONE]|"},
    {"data: a line that is longer than two blocks of sixteen bytes\n\n",
     "=a line that is longer than two blocks of sixteen bytes|"},
};

}  // namespace

TEST_SUITE("http/sse") {
  TEST_CASE("events are the same wherever the input is cut in two") {
    for (const Case& c : kCases) {
      INFO(c.stream);
      const Parsed whole = parse({c.stream});
      CHECK(whole.events == c.events);
      CHECK(whole.complete == c.complete);
      CHECK(whole.raw == c.stream);
      const std::string_view text = c.stream;
      for (size_t at = 0; at <= text.size(); ++at) {
        CHECK(parse({text.substr(0, at), text.substr(at)}) == whole);
      }
    }
  }

  TEST_CASE("events are the same when fed byte by byte, and in every three parts") {
    for (const Case& c : kCases) {
      INFO(c.stream);
      const std::string_view text = c.stream;
      const Parsed whole = parse({text});
      std::vector<std::string_view> bytes;
      for (size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
      CHECK(parse(bytes) == whole);
      for (size_t a = 0; a < text.size(); ++a) {
        for (size_t b = a; b < text.size(); ++b) {
          if (!(parse({text.substr(0, a), text.substr(a, b - a), text.substr(b)}) == whole)) {
            FAIL_CHECK("cut at " << a << " and " << b);
          }
        }
      }
    }
  }

  TEST_CASE("a whole event is passed on without a copy") {
    SseLexer lexer;
    const std::string read = "data: first\n\ndata: second\n\ndata: cu";
    std::vector<const char*> places;
    REQUIRE(lexer.feed(read, [&](const SseEvent& event) { places.push_back(event.data.data()); }));
    CHECK(places == std::vector<const char*>{read.data() + 6, read.data() + 19});
    CHECK(lexer.partial());
    CHECK(lexer.pending() == "data: cu");
  }

  TEST_CASE("a line or an event past its limit makes the stream unusable") {
    const auto ignore = [](const SseEvent&) {};
    SseLexer lines({.line_bytes = 10, .event_bytes = 100});
    CHECK(lines.feed("data: 1234\n\n", ignore));
    CHECK(!lines.feed("data: 12345", ignore));
    CHECK(!lines.feed("\n\n", ignore));
    CHECK(!lines.finish(ignore));
    SseLexer events({.line_bytes = 10, .event_bytes = 20});
    CHECK(!events.feed("data: 123\ndata: 456\ndata: 789\n\n", ignore));
    SseLexer drip({.line_bytes = 10, .event_bytes = 100});
    bool usable = true;
    for (int i = 0; i < 11; ++i) usable = drip.feed("x", ignore);
    CHECK(!usable);
  }

  TEST_CASE("a long event in many reads is looked at once") {
    SseLexer lexer;
    const std::string part(4096, 'x');
    size_t events = 0;
    const auto count = [&events](const SseEvent& event) { events += event.data.size(); };
    for (int line = 0; line < 16; ++line) {
      REQUIRE(lexer.feed("data: ", count));
      for (int i = 0; i < 240; ++i) REQUIRE(lexer.feed(part, count));
      REQUIRE(lexer.feed("\n", count));
    }
    REQUIRE(lexer.feed("\n", count));
    CHECK(events == 16 * 240 * 4096 + 15);
  }

  TEST_CASE("the writer's events read back") {
    std::string out;
    appendSseEvent(out, "", "{\"a\":1}");
    CHECK(out == "data: {\"a\":1}\n\n");
    appendSseEvent(out, "error", "one\ntwo\r\nthree");
    CHECK(parse({out}).events == "={\"a\":1}|error=one\ntwo\nthree|");
  }
}
