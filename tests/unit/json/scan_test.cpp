#include "json/scan.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using json::Kind;
using json::ObjectIndex;
using json::scanObject;

namespace {

// The error's message, or "" when the text is accepted.
std::string faultOf(std::string_view text, const json::Limits& limits = {}) {
  ObjectIndex index;
  const auto status = scanObject(text, index, limits);
  return status ? "" : status.error().message;
}

std::string nested(int levels) {
  return "{\"a\":" + std::string(static_cast<size_t>(levels - 1), '[') +
         std::string(static_cast<size_t>(levels - 1), ']') + "}";
}

}  // namespace

TEST_SUITE("json/scan") {
  TEST_CASE("members come in order with decoded keys, raw values and offsets") {
    const std::string text =
        " { \"mod\\u0065l\" : \"gpt\" ,\n\"stream\":true,\"n\": -1.5e+3 ,\"a\":[1,{\"b\":null}],"
        "\"o\":{}, \"z\":null } ";
    ObjectIndex index;
    REQUIRE(scanObject(text, index));
    REQUIRE(index.size() == 6);
    CHECK(index[0].key == "model");
    CHECK(index[0].value == "\"gpt\"");
    CHECK(index[0].kind == Kind::String);
    CHECK(text[index[0].begin] == '"');
    CHECK(index[0].comma == 0);
    CHECK(index.find("stream")->value == "true");
    CHECK(index.find("stream")->kind == Kind::Bool);
    CHECK(text[index.find("stream")->comma] == ',');
    CHECK(index.find("n")->value == "-1.5e+3");
    CHECK(index.find("n")->kind == Kind::Number);
    CHECK(index.find("a")->value == "[1,{\"b\":null}]");
    CHECK(index.find("o")->kind == Kind::Object);
    CHECK(index.find("z")->kind == Kind::Null);
    CHECK(index.find("mod\\u0065l") == nullptr);
    CHECK(text[index.close()] == '}');
  }

  TEST_CASE("every member is found, and none that is not there") {
    std::string text = "{\"\":0";
    for (int i = 1; i < 200; ++i) {
      const std::string key(static_cast<size_t>(i % 70 + 1), static_cast<char>('a' + i / 70));
      text += ",\"" + key + "\":" + std::to_string(i);
    }
    text += "}";
    ObjectIndex index;
    REQUIRE(scanObject(text, index));
    for (const json::Member& member : index) CHECK(index.find(member.key) == &member);
    CHECK(index.find("")->value == "0");
    CHECK(index.find("absent") == nullptr);
    // The same index, of another text: what was known is not any more.
    REQUIRE(scanObject("{\"a\":1}", index));
    CHECK(index.find("") == nullptr);
    CHECK(index.find("aa") == nullptr);
    CHECK(index.find("a")->value == "1");
  }

  TEST_CASE("members say how deep their values nest, empty containers not counted") {
    ObjectIndex index;
    REQUIRE(scanObject(R"({"a":1,"b":[],"c":[[],{}],"d":[1,[2],{"x":{"y":[3]}},4],"e":{"f":0}})",
                       index));
    CHECK(index.find("a")->nesting == 0);
    CHECK(index.find("b")->nesting == 0);
    CHECK(index.find("c")->nesting == 1);
    CHECK(index.find("d")->nesting == 4);
    CHECK(index.find("e")->nesting == 1);
  }

  TEST_CASE("an index is reusable and movable, decoded keys included") {
    ObjectIndex index;
    REQUIRE(scanObject("{\"\\u0061\":1,\"b\":2}", index));
    ObjectIndex moved = std::move(index);
    CHECK(moved.find("a")->value == "1");
    REQUIRE(scanObject("{}", moved));
    CHECK(moved.empty());
    CHECK(moved.find("a") == nullptr);
  }

  TEST_CASE("a span inside an object is scanned the same way") {
    ObjectIndex outer, inner;
    REQUIRE(scanObject("{\"metadata\":{\"trace_id\":\"t\"}}", outer));
    REQUIRE(scanObject(outer[0].value, inner));
    CHECK(inner.find("trace_id")->value == "\"t\"");
  }

  TEST_CASE("errors say what is wrong and at which byte") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "ends too early at byte 0"},
        {"   ", "ends too early at byte 3"},
        {"{", "ends too early at byte 1"},
        {"{\"a\":1,}", "unexpected character at byte 7"},
        {"{,}", "unexpected character at byte 1"},
        {"{\"a\" 1}", "unexpected character at byte 5"},
        {"{\"a\":}", "unexpected character at byte 5"},
        {"{\"a\":[1,]}", "unexpected character at byte 8"},
        {"{\"a\":[1}}", "unexpected character at byte 7"},
        {"{\"a\":{\"b\":1]}", "unexpected character at byte 11"},
        {"{} x", "unexpected character at byte 3"},
        {"{a:1}", "unexpected character at byte 1"},
        {"{\"a\":'x'}", "unexpected character at byte 5"},
        {"{\"a\":nul}", "unexpected character at byte 8"},
        {"{\"a\":True}", "unexpected character at byte 5"},
        {"{\"a\":NaN}", "unexpected character at byte 5"},
        {"{\"a\":01}", "malformed number at byte 6"},
        {"{\"a\":+1}", "unexpected character at byte 5"},
        {"{\"a\":1.}", "malformed number at byte 7"},
        {"{\"a\":.5}", "unexpected character at byte 5"},
        {"{\"a\":1e}", "malformed number at byte 7"},
        {"{\"a\":-}", "malformed number at byte 6"},
        {"{\"a\":\"\t\"}", "control character in a string at byte 6"},
        {"{\"a\":\"\\x\"}", "unknown escape in a string at byte 7"},
        {"{\"a\":\"\\u12g4\"}", "unknown escape in a string at byte 10"},
        {"\xEF\xBB\xBF{}", "byte order mark at byte 0"},
    };
    for (const auto& [text, expected] : cases) {
      INFO(text);
      const std::string fault = faultOf(text);
      CHECK_MESSAGE(fault.find(expected) != std::string::npos, fault);
    }
    ObjectIndex index;
    const auto status = scanObject("{", index, {}, "the request body");
    CHECK(status.error().message ==
          "the request body is not valid JSON: it ends too early at byte 1");
    CHECK(status.error().code == "invalid_json");
    CHECK(status.error().kind == ErrorKind::InvalidRequest);
  }

  TEST_CASE("a text that is valid but no object is an invalid type") {
    ObjectIndex index;
    for (const char* text : {"[]", "1", "\"x\"", "null", " true "}) {
      const auto status = scanObject(text, index);
      REQUIRE(!status);
      CHECK(status.error().code == "invalid_type");
      CHECK(json::validate(text));
    }
    CHECK(scanObject("[", index).error().code == "invalid_json");
  }

  TEST_CASE("duplicate keys are refused by name, however they are written") {
    ObjectIndex index;
    const auto status =
        scanObject("{\"model\":1,\"x\":{\"a\":1,\"a\":2},\"mod\\u0065l\":2}", index);
    REQUIRE(!status);
    CHECK(status.error().message == "the body has the key \"model\" twice");
    CHECK(status.error().param == "model");
  }

  TEST_CASE("the inputs that crash RapidJSON are refused") {
    const std::string number = "0." + std::string(400, '0') + "1e-2147483639";
    CHECK(faultOf("{\"a\":" + number + "}").find("too many digits") != std::string::npos);
    CHECK(faultOf("{\"a\":1e-21474}").find("too many digits") != std::string::npos);
    // Zeros that RapidJSON takes for other numbers: 6.5e296, -1.8e-192.
    for (const char* zero : {"0e99", "0.00000000000000000000000", "-0.0e-22", "0E+0023"})
      CHECK(faultOf("{\"a\":" + std::string(zero) + "}").find("too many digits") !=
            std::string::npos);
    for (const char* zero :
         {"0", "-0", "0.0", "0e22", "0.000000e-16", "0.0000000000000000000001e-9"})
      CHECK(faultOf("{\"a\":" + std::string(zero) + "}").empty());
    CHECK(faultOf("{\"a\":1e9999}") == "");
    CHECK(faultOf("{\"a\":" + std::string(64, '1') + "}") == "");
    CHECK(faultOf("{\"a\":" + std::string(65, '1') + "}").find("digits") != std::string::npos);
    CHECK(faultOf(std::string(2 << 20, '[')).find("too deeply at byte 64") != std::string::npos);
  }

  TEST_CASE("64 levels are accepted and 65 are not") {
    CHECK(faultOf(nested(64)) == "");
    CHECK(faultOf(nested(65)).find("nested too deeply") != std::string::npos);
    std::string objects;
    for (int i = 0; i < 64; ++i) objects += "{\"a\":";
    CHECK(faultOf(objects + "1" + std::string(64, '}')) == "");
    CHECK(faultOf("{\"a\":" + objects + "1" + std::string(65, '}')).find("deeply") !=
          std::string::npos);
    CHECK(faultOf(nested(4), {.max_depth = 3}).find("deeply") != std::string::npos);
  }

  TEST_CASE("size and member count are bounded") {
    ObjectIndex index;
    const auto status = scanObject("{\"a\":1}", index, {.max_bytes = 6});
    CHECK(status.error().kind == ErrorKind::PayloadTooLarge);
    std::string many = "{";
    for (int i = 0; i < 256; ++i) many += "\"k" + std::to_string(i) + "\":1,";
    CHECK(faultOf(many.substr(0, many.size() - 1) + "}") == "");
    CHECK(faultOf(many + "\"last\":1}").find("too many members") != std::string::npos);
  }

  TEST_CASE("UTF-8 must be well-formed") {
    for (const char* good : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBF\xBF",
                             "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF", "\x7F"}) {
      CHECK(faultOf("{\"a\":\"" + std::string(good) + "\"}") == "");
    }
    for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                            "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
                            "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xE2\x82x"}) {
      INFO(std::string(bad));
      CHECK(faultOf("{\"a\":\"" + std::string(bad) + "\"}").find("UTF-8") != std::string::npos);
      CHECK(faultOf("{\"" + std::string(bad) + "\":1}").find("UTF-8") != std::string::npos);
    }
    CHECK(faultOf("{\"a\":\"\xE2\x82").find("UTF-8 at byte 6") != std::string::npos);
  }

  TEST_CASE("surrogate escapes must come in pairs") {
    CHECK(faultOf("{\"a\":\"\\ud83d\\ude00\\uFFFF\"}") == "");
    for (const char* bad : {"\\ud83d", "\\ud83dx", "\\ud83d\\n", "\\ude00", "\\ud83d\\ud83d"}) {
      INFO(std::string(bad));
      CHECK(faultOf("{\"a\":\"" + std::string(bad) + "\"}").find("surrogate") != std::string::npos);
    }
  }

  TEST_CASE("a text truncated at any byte is refused") {
    const std::string text =
        "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"h\xC3\xA9llo "
        "\\ud83d\\ude00 long enough to pass a block of sixteen\"}],\"t\":-0.5e-2,\"s\":false}";
    CHECK(faultOf(text) == "");
    for (size_t length = 0; length < text.size(); ++length) {
      CHECK(faultOf(text.substr(0, length)) != "");
    }
  }

  TEST_CASE("a special byte is seen at every offset of a block") {
    for (size_t before = 0; before < 40; ++before) {
      const std::string pad(before, 'x');
      CHECK(faultOf("{\"a\":\"" + pad + "\n" + pad + "\"}")
                .find("at byte " + std::to_string(6 + before)) != std::string::npos);
      CHECK(faultOf("{\"a\":\"" + pad + "\\\"" + pad + "\"}") == "");
      CHECK(faultOf("{\"a\":\"" + pad + "\xE2\x82\xAC" + pad + "\"}") == "");
      CHECK(faultOf("{\"a\":\"" + pad + "\xFF" + pad + "\"}") != "");
    }
  }

  TEST_CASE("text is UTF-8 without NUL") {
    for (const char* good : {"", "a\n\x7f", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
      CHECK(json::isText(good));
    for (const char* bad : {"\xC3", "\xC0\x80", "\xED\xA0\x80", "\xFF", "a\x80"})
      CHECK_FALSE(json::isText(bad));
    CHECK_FALSE(json::isText(std::string_view("a\0b", 3)));
  }
}
