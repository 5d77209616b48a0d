#include "guard/stream_guard.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "unit/guard/support.h"

using namespace penstock;
using namespace penstock::test;
using guard::StreamGuard;

namespace {

struct Streamed {
  std::string text;
  bool refused = false;
  size_t most_held = 0;
  std::vector<guard::Finding> findings;
};

Streamed stream(const std::shared_ptr<const guard::Policy>& policy,
                const std::vector<std::string>& deltas) {
  StreamGuard guard(policy, "here");
  Streamed done;
  for (const std::string& delta : deltas) {
    done.text += guard.feed(delta);
    done.most_held = std::max(done.most_held, guard.heldBytes());
  }
  done.text += guard.finish();
  done.refused = guard.refusal().has_value();
  done.findings = guard.takeFindings();
  return done;
}

// Pieces that matches are made of, that break them, and that surround them.
const std::vector<std::string> kPieces = {"a",
                                          "b",
                                          " ",
                                          "\n",
                                          "é",
                                          "日本",
                                          "\xF0\x9F\x98\x80",
                                          "@",
                                          ".",
                                          "-",
                                          "_",
                                          "+",
                                          "0",
                                          "1",
                                          "42",
                                          "4111",
                                          "1111",
                                          " 1111",
                                          "ada@",
                                          "mail",
                                          ".org",
                                          "+49",
                                          " 30",
                                          " 901820",
                                          "DE89",
                                          "3704",
                                          "0044 0532 0130 00",
                                          "192.168",
                                          ".7.13",
                                          "sk-",
                                          "sk-proj-",
                                          "Ab3dEf6hIj9lMn2pQr5t",
                                          "AKIA",
                                          "password",
                                          "=",
                                          ": '",
                                          "hX7kq92Lm",
                                          "eyJhbGciOiJIUzI1NiJ9",
                                          ".eyJzdWIiOjF9",
                                          "secret",
                                          "new york",
                                          " city",
                                          "NEW YORK",
                                          "foo",
                                          "bar",
                                          "xx",
                                          "yyy",
                                          "-----BEGIN RSA PRIVATE KEY-----\n",
                                          "ab",
                                          "ba",
                                          "123-45-",
                                          "6789",
                                          "begin ",
                                          " end"};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  size_t below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(engine_);
  }

  std::string text() {
    std::string text;
    for (size_t i = below(60); i > 0; --i) text += kPieces[below(kPieces.size())];
    return text;
  }
  // At any byte, within characters too; with empty deltas.
  std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> deltas;
    const size_t most = 1 + below(40);
    for (size_t i = 0; i < text.size();) {
      const size_t length = std::min(below(most + 1), text.size() - i);
      deltas.push_back(text.substr(i, length));
      i += length;
    }
    return deltas;
  }

 private:
  std::mt19937 engine_;
};

// Patterns of every sort: bounded and not, greedy and lazy, with edges and anchors, one that cannot
// be taken apart, and ones that overlap with others.
const char* const kPatterns = R"(
    {"name":"own","kind":"regex","action":"redact","patterns":
      ["foo(bar)?", "xx+y{2,3}", "(?i)begin .*? end", "\\bab\\b", "^a|b$", "(ab|ba){2,}", "b.*a",
       "\\Q+49\\E", "(?s)é.{0,3}日"]},
    {"name":"words","kind":"keywords","action":"redact","keywords":["new york","new york city"]},
    {"name":"parts","kind":"keywords","action":"redact","whole_words":false,"keywords":["ret"]})";

const std::string kRedact = R"([{"name":"p","kind":"pii","action":"redact"},
    {"name":"s","kind":"secrets","action":"redact"},)" +
                            std::string(kPatterns) + "]";

}  // namespace

TEST_SUITE("guard/stream_guard") {
  TEST_CASE("property: a stream is redacted as its whole text is, however it is cut") {
    const auto policy = policyOf(kRedact);
    size_t changed = 0;
    for (unsigned seed = 0; seed < 4000; ++seed) {
      Random random(seed);
      const std::string text = random.text();
      const auto deltas = random.split(text);
      const std::string whole = redacted(*policy, text);
      const Streamed streamed = stream(policy, deltas);
      changed += whole != text ? 1 : 0;
      REQUIRE_MESSAGE(streamed.text == whole, "seed " << seed << ": " << text);
      REQUIRE(streamed.most_held <= guard::kMaxMatch + 3);
    }
    CHECK(changed > 2000);
  }

  TEST_CASE("property: findings are those of the whole text") {
    const auto policy = policyOf(
        R"([{"name":"p","kind":"pii","action":"flag"},{"name":"s","kind":"secrets","action":"flag"},)" +
        std::string(kPatterns) + "]");
    const auto by_kind = [](std::vector<guard::Finding> findings) {
      std::ranges::sort(findings, {},
                        [](const guard::Finding& each) { return std::pair(each.rule, each.kind); });
      return findings;
    };
    for (unsigned seed = 0; seed < 1000; ++seed) {
      Random random(seed);
      const std::string text = random.text();
      const auto deltas = random.split(text);
      const auto whole = policy->checkText(guard::Phase::Output, text, "here").findings;
      REQUIRE_MESSAGE(by_kind(stream(policy, deltas).findings) == by_kind(whole), "seed " << seed);
    }
  }

  TEST_CASE("property: a rule that blocks ends the stream before what it found") {
    const auto policy = policyOf(R"([{"name":"p","kind":"pii","action":"redact"},
        {"name":"b","kind":"regex","action":"block","patterns":["foo\\w+|secret"]}])");
    const auto redact_only = policyOf(R"([{"name":"p","kind":"pii","action":"redact"}])");
    size_t refused = 0;
    for (unsigned seed = 0; seed < 2000; ++seed) {
      Random random(seed);
      const std::string text = random.text();
      const auto deltas = random.split(text);
      const bool whole = policy->checkText(guard::Phase::Output, text, "").refusal.has_value();
      const Streamed streamed = stream(policy, deltas);
      REQUIRE_MESSAGE(streamed.refused == whole, "seed " << seed);
      REQUIRE(redacted(*redact_only, text).starts_with(streamed.text));
      if (!whole) continue;
      ++refused;
      REQUIRE_FALSE(policy->checkText(guard::Phase::Output, streamed.text, "").refusal);
    }
    CHECK(refused > 200);
  }

  TEST_CASE("a long stream is redacted as its whole text is") {
    const auto policy = policyOf(kRedact);
    Random random(7);
    std::string text;
    while (text.size() < 50'000) text += random.text() + " ";
    CHECK(stream(policy, random.split(text)).text == redacted(*policy, text));
  }

  TEST_CASE("only what a match could still need is held back") {
    const auto policy = redactAll();
    StreamGuard guard(policy, "");
    CHECK(guard.feed("All of this ") == "All of this ");
    CHECK(guard.feed("may leave. Write ") == "may leave. Write ");
    CHECK(guard.feed("to ada@mail") == "to ");
    CHECK(guard.heldBytes() == 8);
    CHECK(guard.feed(".org, ") == "[REDACTED:EMAIL], ");
    CHECK(guard.feed("sk-proj-Ab3dEf6hIj9lMn2pQr5t") == "");
    CHECK(guard.feed("andso") == "");  // it might be an address
    CHECK(guard.feed(" on, for ever") == "[REDACTED:OPENAI_KEY] on, for ");
    CHECK(guard.finish() == "ever");
    CHECK(guard.changed());
  }

  TEST_CASE("a match that never ends is given up at its bound") {
    const auto policy =
        policyOf(R"([{"name":"r","kind":"regex","action":"redact","patterns":["\\[.*\\]"]}])");
    StreamGuard guard(policy, "");
    std::string text;
    for (int i = 0; i < 600; ++i) {
      text += guard.feed(i == 0 ? "[" : "x");
      CHECK(guard.heldBytes() <= guard::kMaxMatch);
    }
    CHECK(text.size() == 600);
    CHECK(guard.feed("]") == "]");
  }

  TEST_CASE("after a refusal nothing leaves any more") {
    const auto policy =
        policyOf(R"([{"name":"no","kind":"keywords","action":"block","keywords":["stop here"]}])");
    StreamGuard guard(policy, "/choices/0");
    CHECK(guard.feed("You must stop ") == "You must ");
    CHECK(guard.feed("here. And") == "");
    REQUIRE(guard.refusal());
    CHECK(guard.refusal()->rule == "no");
    CHECK(guard.refusal()->message == "blocked by the guardrail \"no\": NO");
    CHECK(guard.feed("more") == "");
    CHECK(guard.finish() == "");
    const auto findings = guard.takeFindings();
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].place == "/choices/0");
  }
}
