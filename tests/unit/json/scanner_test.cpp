// The scanner against RapidJSON: on mutated texts both accept or both refuse, except where
// README.md says we are stricter. Seeded, so a failure repeats.
#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "json/document.h"
#include "json/scan.h"

using namespace penstock;

namespace {

const std::vector<std::string> kSeeds = {
    R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hello, w\u00f6rld \ud83d\ude00"}]})",
    R"({"a":[1,-2.5e3,0.0,1E+2,true,false,null,{"b":{}},[],""],"c":"\"\\\/\b\f\n\r\t"})",
    "{\"k\xC3\xA9y\":\"\xE2\x82\xAC\xF0\x9F\x98\x80 text of more than sixteen bytes\",\"z\":0}",
    R"([[[{"deep":[[]]}]], 12345678901234567890, "x", -0, 1e-7])",
    " {\r\n\t\"spaced\" : [ 1 , 2 ] ,\n \"o\" : { \"p\" : null } } ",
};
const std::string kAlphabet =
    "{}[]\",:\\u0123456789abcdefDE+-.tfnrls \n\t\x01\x7F\x80\xC3\xE2\xED\xF0\xFF";

std::string mutate(std::string text, std::mt19937& random) {
  const auto below = [&random](size_t n) { return static_cast<size_t>(random() % n); };
  for (size_t edits = 1 + below(3); edits > 0; --edits) {
    if (text.empty()) return text;
    const size_t at = below(text.size());
    switch (below(6)) {
      case 0: text[at] = kAlphabet[below(kAlphabet.size())]; break;
      case 1: text.erase(at, 1 + below(4)); break;
      case 2: text.insert(at, 1, kAlphabet[below(kAlphabet.size())]); break;
      case 3: text.insert(at, text.substr(below(text.size()), below(20))); break;
      case 4: text[at] = static_cast<char>(1 + below(255)); break;
      default: text.resize(at); break;
    }
  }
  return text;
}

enum class Verdict { Accepts, Refuses, NumberTooBig };

Verdict rapidVerdict(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                 rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  if (!document.HasParseError()) return Verdict::Accepts;
  return document.GetParseError() == rapidjson::kParseErrorNumberTooBig ? Verdict::NumberTooBig
                                                                        : Verdict::Refuses;
}

bool isDocumentedStrictness(const std::string& message) {
  for (const char* reason : {"surrogate", "too many digits", "too deeply", "byte order mark"}) {
    if (message.find(reason) != std::string::npos) return true;
  }
  return false;
}

// A chat body of about `bytes` with short turns, as agents send them.
std::string chatBody(size_t bytes) {
  std::string body = R"({"model":"gpt-4o-mini","temperature":0.7,"messages":[)";
  for (int turn = 0; body.size() + 200 < bytes; ++turn) {
    if (turn > 0) body += ',';
    body += turn % 2 ? R"({"role":"assistant","content":")" : R"({"role":"user","content":")";
    for (int line = 0; line < 8 && body.size() + 200 < bytes; ++line) {
      body += "The quick brown fox jumps over the lazy dog, then writes some code: x = y + 1;\\n";
    }
    body += "\"}";
  }
  return body + R"(],"stream":true,"max_tokens":256,"user":"u-1"})";
}

}  // namespace

TEST_SUITE("json/scanner") {
  TEST_CASE("the scanner agrees with RapidJSON on 250,000 mutated texts") {
    std::mt19937 random(20260501);
    int accepted = 0;
    for (int i = 0; i < 250'000; ++i) {
      const std::string text = mutate(kSeeds[static_cast<size_t>(i) % kSeeds.size()], random);
      // RapidJSON swallows each byte of a byte order mark even when the others are missing.
      if (!text.empty() && std::string_view("\xEF\xBB\xBF").find(text[0]) < 3) continue;
      const auto ours = json::validate(text);
      const Verdict theirs = rapidVerdict(text);
      accepted += ours ? 1 : 0;
      const bool agree =
          ours ? theirs != Verdict::Refuses
               : theirs != Verdict::Accepts || isDocumentedStrictness(ours.error().message);
      if (!agree) FAIL_CHECK("they differ on: " << text);
      const auto document = json::parse(text);
      if (document && !ours) FAIL_CHECK("parse() accepts what validate() refuses: " << text);
    }
    CHECK(accepted > 10'000);
  }

  TEST_CASE("scanning timings" * doctest::skip()) {
    json::ObjectIndex index;
    for (const size_t bytes : {1'000u, 4'000u, 200'000u}) {
      const std::string body = chatBody(bytes);
      const int rounds = static_cast<int>(200'000'000 / body.size());
      const std::clock_t start = std::clock();
      int good = 0;
      for (int i = 0; i < rounds; ++i) good += scanObject(body, index) ? 1 : 0;
      const double took = 1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
      CHECK(good == rounds);
      std::printf("scan of %zu bytes: %.2f us\n", body.size(), took / rounds);
    }
  }
}
