#include "declare/yaml.h"

#include <doctest/doctest.h>

#include <random>

#include "json/document.h"
#include "json/writer.h"
#include "support/fuzz.h"

using namespace penstock;
using declare::yamlToJson;

namespace {

std::string jsonOf(std::string_view yaml) {
  auto json = yamlToJson(yaml, "the file");
  if (!json) return "error: " + json.error().message;
  CHECK(json::parse(*json).has_value());
  return *std::move(json);
}

// A text that is hard on a YAML writer: what looks like something else, and odd characters.
std::string randomText(std::mt19937& random) {
  static const char* const kPieces[] = {"no",         "0x1F",        "12:30",
                                        "2026-01-01", "null",        "~",
                                        "- a",        "a: b",        " #x",
                                        "\n",         "\t",          "'",
                                        "\"",         "\\",          "é",
                                        "\x7f",       "\xc2\x85",    "|",
                                        ">",          "&a",          "*a",
                                        "!t",         "{",           "]",
                                        ",",          "%",           "word",
                                        "x y",        " ",           "1e5",
                                        "<<",         "\r\n",        "\xef\xbb\xbf",
                                        "😀",          "\xe2\x80\xa8"};
  std::string text;
  for (auto n = random() % 4; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
  return text;
}

void randomValue(std::mt19937& random, json::Writer& out, int depth) {
  switch (depth > 5 ? random() % 5 : random() % 8) {
    case 0: out.null(); break;
    case 1: out.value(random() % 2 == 0); break;
    case 2: out.value(static_cast<int64_t>(random()) - 1'000'000'000); break;
    case 3: out.value(static_cast<double>(random()) / 7e7); break;
    case 4:
    case 5: out.value(randomText(random)); break;
    case 6:
      out.beginArray();
      for (auto n = random() % 4; n > 0; --n) randomValue(random, out, depth + 1);
      out.endArray();
      break;
    default:
      out.beginObject();
      for (auto n = random() % 4; n > 0; --n) {
        out.key(randomText(random) + std::to_string(n));
        randomValue(random, out, depth + 1);
      }
      out.endObject();
  }
}

}  // namespace

TEST_SUITE("declare/yaml") {
  TEST_CASE("a document becomes the JSON it says") {
    CHECK(jsonOf("a: 1\nb:\n  - x\n  - {c: true, d: [~, 2.5]}\ne: |\n  two\n  lines\n") ==
          R"({"a":1,"b":["x",{"c":true,"d":[null,2.5]}],"e":"two\nlines\n"})");
    CHECK(jsonOf("") == "null");
    CHECK(jsonOf("# nothing\n") == "null");
    CHECK(jsonOf("---\na: 1\n...\n") == R"({"a":1})");
    CHECK(jsonOf(R"({"json": ["is", "YAML", 1e5]})") == R"({"json":["is","YAML",1e5]})");
    CHECK(jsonOf("\xef\xbb\xbf"
                 "a: b") == R"({"a":"b"})");
  }

  TEST_CASE("quoted scalars stay text, and so does what only YAML 1.1 takes for something else") {
    CHECK(jsonOf("['5', \"true\", 'null', '~']") == R"(["5","true","null","~"])");
    CHECK(jsonOf("[no, on, yes, off, n, 12:30, 2026-01-01, 1_000]") ==
          R"(["no","on","yes","off","n","12:30","2026-01-01","1_000"])");
    CHECK(jsonOf("[!!str 5, !!int 5, !!float 1.5]") == R"(["5",5,1.5])");
  }

  TEST_CASE("keys become strings") {
    CHECK(jsonOf("1: a\ntrue: b\n'x': c") == R"({"1":"a","true":"b","x":"c"})");
  }

  TEST_CASE("aliases repeat what they name, and << merges") {
    CHECK(jsonOf("a: &x {k: 1}\nb: *x\nc: [*x, *x]") ==
          R"({"a":{"k":1},"b":{"k":1},"c":[{"k":1},{"k":1}]})");
    CHECK(jsonOf("base: &b {k: 1, l: 2}\nm:\n  <<: *b\n  l: 3") ==
          R"({"base":{"k":1,"l":2},"m":{"l":3,"k":1}})");
    CHECK(jsonOf("a: &a {k: 1}\nb: &b {k: 2, l: 2}\nm:\n  <<: [*a, *b]") ==
          R"({"a":{"k":1},"b":{"k":2,"l":2},"m":{"k":1,"l":2}})");
    CHECK(jsonOf("m: {'<<': 1}") == R"({"m":{"<<":1}})");
    CHECK(jsonOf("m: {<<: 1}") == "error: the file: line 1, column 9: only mappings can be merged");
  }

  TEST_CASE("errors say where and never quote a value") {
    CHECK(jsonOf("a: 1\nb: 2\na: secret") ==
          "error: the file: line 3, column 1: the key a is there twice");
    CHECK(jsonOf("a: [1, 2\nb: 3").starts_with("error: the file: line 2, column "));
    CHECK(jsonOf("a: 1\n---\nb: 2") == "error: the file: it holds several documents; one is meant");
    CHECK(jsonOf("a: *nobody").starts_with("error: the file: line 1, column 4: "));
    CHECK(jsonOf("a: &a [*a]") ==
          "error: the file: line 1, column 8: this alias stands inside its own anchor");
    CHECK(jsonOf("a: !!python/object:os.system x") ==
          "error: the file: line 1, column 4: this tag is not supported");
    CHECK(jsonOf("a: !!int x").ends_with("the value does not fit its tag"));
    CHECK(jsonOf("a: .inf").ends_with("infinity and not-a-number have no JSON"));
    CHECK(jsonOf("? [1]\n: 2").ends_with("a key must be text"));
    CHECK(jsonOf(": 2").ends_with("a key is empty"));
    CHECK(jsonOf("a: " + std::string(70, '1'))
              .ends_with("the number is too long; quote it if it is text"));
    // yaml-cpp takes this one for the end of the file.
    CHECK(jsonOf("a: 1\nb: \x04\nc: 3") ==
          "error: the file: line 2, column 4: control characters are not allowed; write them as "
          "\\x..");
  }

  TEST_CASE("what aliases expand to is bounded") {
    std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
      const auto last = "*a" + std::to_string(i - 1);
      laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
      for (int n = 0; n < 9; ++n) laughs += ", " + last;
      laughs += "]\n";
    }
    CHECK(jsonOf(laughs).ends_with("the aliases expand to too much"));
    std::string text = "a: &a " + std::string(1 << 20, 'x') + "\nb: [*a";
    for (int i = 0; i < 100; ++i) text += ", *a";
    CHECK(jsonOf(text + "]").ends_with("the aliases expand to too much"));
    std::string merges = "a: &a {";
    for (int i = 0; i < 5000; ++i) merges += "k" + std::to_string(i) + ": 1, ";
    merges += "}\n";
    for (int i = 0; i < 100; ++i) merges += "m" + std::to_string(i) + ": {<<: *a}\n";
    CHECK(jsonOf(merges).ends_with("there are too many values"));
  }

  TEST_CASE("size and depth are bounded") {
    CHECK(jsonOf(std::string(5 << 20, 'x')).ends_with("is larger than 4194304 bytes"));
    CHECK(jsonOf(std::string(61, '[') + std::string(61, ']')).ends_with("it is nested too deeply"));
    CHECK(jsonOf(std::string(60, '[') + std::string(60, ']')).starts_with("[[["));
    CHECK(jsonOf(std::string(1 << 20, '[')).starts_with("error: "));
    std::string nested = "a0: &a0 [1]\n";
    for (int i = 1; i < 70; ++i) {
      nested += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" +
                std::to_string(i - 1) + "]\n";
    }
    CHECK(jsonOf(nested).ends_with("it is nested too deeply"));
  }

  TEST_CASE("what is written reads like YAML by people") {
    const auto document = json::parse(
        R"({"version":1,"projects":[{"slug":"default","tags":["a","no"],"note":""}],"none":[],"o":{}})");
    CHECK(declare::yamlOf(document->root()) ==
          "version: 1\n"
          "projects:\n"
          "  - slug: default\n"
          "    tags:\n"
          "      - a\n"
          "      - \"no\"\n"
          "    note: \"\"\n"
          "none: []\n"
          "o: {}\n");
  }

  TEST_CASE("what is written reads back the same") {
    test::Fuzz fuzz(3000);
    for (int round = 0; round < fuzz.rounds; ++round) {
      std::string text;
      json::Writer out(text);
      out.beginObject().key("root");
      randomValue(fuzz.random, out, 0);
      out.endObject();
      const auto document = json::parse(text);
      REQUIRE(document);
      const std::string yaml = declare::yamlOf(document->root());
      const auto back = yamlToJson(yaml, "it");
      CAPTURE(text);
      CAPTURE(yaml);
      REQUIRE_MESSAGE(back, back.error().message);
      const auto again = json::parse(*back);
      REQUIRE(again);
      REQUIRE(again->root().text() == document->root().text());
    }
  }

  TEST_CASE("long keys and scalars survive") {
    const std::string text = "{\"" + std::string(2000, 'k') + "\":[{\"" + std::string(1500, 'l') +
                             "\":{\"m\":1}}],\"n\":\"" + std::string(9000, 'v') + "\"}";
    const auto document = json::parse(text);
    REQUIRE(document);
    CHECK(jsonOf(declare::yamlOf(document->root())) == text);
  }

  TEST_CASE("any bytes give an answer") {
    test::Fuzz fuzz(2000);
    static constexpr std::string_view kAlphabet = "a1: -[]{},&*!|>'\"%@`#?\n\n  \t<<~\\x\xc3\xa9.";
    for (int round = 0; round < fuzz.rounds; ++round) {
      std::string text;
      for (auto n = fuzz.random() % 60; n > 0; --n) {
        text.push_back(kAlphabet[fuzz.random() % kAlphabet.size()]);
      }
      CAPTURE(text);
      const auto json = yamlToJson(text, "it");
      if (json) CHECK(json::parse(*json).has_value());
    }
  }
}
