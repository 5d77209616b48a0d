#include "http/multipart.h"

#include <doctest/doctest.h>

#include <iterator>
#include <string>

#include "support/fuzz.h"

using namespace penstock;
using namespace penstock::http;
using penstock::test::Fuzz;

namespace {

const std::string kType = "multipart/form-data; boundary=B1";

std::string part(const std::string& name, const std::string& value, const std::string& more = "") {
  return "--B1\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n" +
         value + "\r\n";
}
const std::string kEnd = "--B1--\r\n";

std::string refusal(const std::string& body, const std::string& type = kType,
                    const FormLimits& limits = {}) {
  const auto form = parseForm(type, body, limits);
  if (form) return "accepted";
  CHECK(form.error().code == "invalid_multipart");
  return form.error().message;
}
bool refuses(const std::string& body, const std::string& why) {
  return refusal(body).find(why) != std::string::npos;
}

}  // namespace

TEST_SUITE("http/multipart") {
  TEST_CASE("fields and files are read as they are, bytes included") {
    const std::string sound("\r\n--B\0\xFF--\r\n", 12);
    const std::string body = part("model", "m") +
                             "--B1\r\ncontent-type: audio/wav\r\nContent-Disposition: form-data; "
                             "filename=\"a \\\"b\\\".wav\"; "
                             "name=file\r\n\r\n" +
                             sound + "\r\n" + part("empty", "") + kEnd;
    const auto form = parseForm("Multipart/Form-Data; charset=x; BOUNDARY=\"B1\"", body);
    REQUIRE(form);
    REQUIRE(form->parts.size() == 3);
    CHECK(form->boundary == "B1");
    CHECK(form->find("model")->value == "m");
    CHECK_FALSE(form->find("model")->filename);
    CHECK(form->find("file")->value == sound);
    CHECK(form->find("file")->filename == "a \"b\".wav");
    CHECK(form->find("file")->content_type == "audio/wav");
    CHECK(form->find("empty")->value.empty());
    CHECK(form->find("none") == nullptr);
  }

  TEST_CASE("a file is followed while its form arrives, and nothing behind it is taken for it") {
    // What begins like a delimiter and is none, at the end too.
    const std::string sound = "a\r\n--B\r\n-\r\n--B2--\r\nz\r\n--B";
    const std::string before = part("model", "m") + part("language", "en");
    const std::string head =
        "--B1\r\nContent-Disposition: form-data; name=\"file\"; "
        "filename=\"a\"\r\n\r\n";
    const std::string body = before + head + sound + "\r\n" + part("late", "x") + kEnd;
    const size_t value = before.size() + head.size();
    for (size_t there = 0; there <= body.size(); ++there) {
      const auto form = parseFormToFile(kType, std::string_view(body).substr(0, there));
      REQUIRE(form.has_value() == (there >= value));
      if (!form) continue;
      CHECK(form->parts.size() == 3);
      CHECK(form->find("language")->value == "en");
      CHECK(form->parts.back().filename == "a");
      // However it goes on from there.
      for (size_t step = 1; step < 12; ++step) {
        FormFile follower(*form);
        size_t certain = 0;
        for (size_t at = there; at < body.size() + step; at += step) {
          const size_t now = follower.certain(std::string_view(body).substr(0, at));
          REQUIRE(now >= certain);
          REQUIRE(now <= value + sound.size());
          REQUIRE(now + sizeof "\r\n--B1" > std::min(at, value + sound.size()));
          certain = now;
        }
        CHECK(certain == value + sound.size());
      }
    }
    CHECK_FALSE(parseFormToFile("text/plain", body));
    CHECK_FALSE(parseFormToFile(kType, part("a", "1") + kEnd));
    CHECK_FALSE(parseFormToFile(kType, "x" + body));
  }

  TEST_CASE("a form without parts, and without a last line end") {
    CHECK(parseForm(kType, "--B1--")->parts.empty());
    CHECK(parseForm(kType, part("a", "1") + "--B1--")->parts.size() == 1);
  }

  TEST_CASE("what parsers disagree about is refused") {
    CHECK(refuses("preamble\r\n" + part("a", "1") + kEnd, "begin with its boundary"));
    CHECK(refuses("\r\n" + part("a", "1") + kEnd, "begin with its boundary"));
    CHECK(refuses(part("a", "1") + kEnd + "epilogue", "malformed boundary"));
    CHECK(refuses(part("a", "1"), "ends before its last boundary"));
    CHECK(refuses("--B1 \r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" + kEnd,
                  "malformed boundary"));
    CHECK(refuses("--B1\nContent-Disposition: form-data; name=a\n\n1\n--B1--", "malformed"));
    CHECK(
        refuses("--B1\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n1\r\n" + kEnd, "part"));
    CHECK(refuses("--B1\r\nContent-Type: text/plain\r\n\r\n1\r\n" + kEnd,
                  "without Content-Disposition"));
    CHECK(refuses(part("a", "1", "; name=\"model\"") + kEnd, "two names"));
    CHECK(refuses(part("a", "1", "; name*=utf-8''model") + kEnd, "encoded name"));
    CHECK(refuses(part("a", "1", "; filename=x; filename=y") + kEnd, "two names"));
    CHECK(
        refuses("--B1\r\nContent-Disposition: form-data; name=a\r\n"
                "Content-Disposition: form-data; name=b\r\n\r\n1\r\n" +
                    kEnd,
                "two Content-Dispositions"));
    CHECK(refuses("--B1\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n" + kEnd,
                  "no form-data"));
    CHECK(
        refuses("--B1\r\nContent-Disposition: form-data; name=a\r\n"
                "Content-Transfer-Encoding: base64\r\n\r\nMQ==\r\n" +
                    kEnd,
                "encoding"));
    CHECK(refuses("--B1\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n" + kEnd,
                  "without a name"));
    CHECK(refuses("--B1\r\nContent-Disposition: form-data; name=a\r\n\r\n--B1--\r\n",
                  "line end before"));
  }

  TEST_CASE("a boundary has to be there, once, and be one") {
    const std::string body = part("a", "1") + kEnd;
    for (const char* type :
         {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary",
          "multipart/form-data; boundary=B1; boundary=B2", "multipart/form-data; boundary=\"B 1\"",
          "multipart/mixed; boundary=B1", "application/json", ""}) {
      INFO(type);
      CHECK(refusal(body, type) != "accepted");
    }
    CHECK(refusal(body, "multipart/form-data; boundary=" + std::string(71, 'x')) != "accepted");
  }

  TEST_CASE("parts and their headers are bounded") {
    CHECK(refusal(part("a", "1") + part("b", "2") + kEnd, kType, {.parts = 1}) ==
          "the multipart form has too many parts");
    CHECK(refusal(part(std::string(100, 'n'), "1") + kEnd, kType, {.head_bytes = 64}) ==
          "the multipart form has a part without an end of its headers");
  }

  TEST_CASE("a form cut anywhere is refused") {
    const std::string body = part("model", "m") + part("file", "xyz", "; filename=a") + "--B1--";
    for (size_t size = 0; size < body.size(); ++size) {
      INFO(size);
      CHECK_FALSE(parseForm(kType, std::string_view(body).substr(0, size)));
    }
  }

  TEST_CASE("whatever a form is made into, it is refused or means one thing") {
    Fuzz fuzz(20'000);
    const std::string whole =
        part("mlx:x", "1") + part("model", "m") + part("file", "a\r\n--B", "; filename=f") + kEnd;
    constexpr std::string_view kBits[] = {"\r\n",       "--B1", "--", "\"", ";",
                                          "name=model", "\r",   "\n", "\\"};
    int accepted = 0;
    for (int round = 0; round < fuzz.rounds; ++round) {
      std::string body = whole;
      for (auto edits = 1 + fuzz.random() % 3; edits > 0; --edits) {
        const size_t at = fuzz.random() % body.size();
        const std::string_view bit = kBits[fuzz.random() % std::size(kBits)];
        body.replace(at, fuzz.random() % 4, fuzz.random() % 2 == 0 ? bit : std::string_view());
      }
      const auto form = parseForm(kType, body);
      if (!form) continue;
      ++accepted;
      FormEdits edits(*form, body);
      CHECK(edits.build().str() == body);
      for (size_t i = 0; i < form->parts.size(); ++i) CHECK(edits.replaceValue(i, "new"));
      const std::string edited = edits.build().str();
      const auto again = parseForm(kType, edited);
      REQUIRE(again);
      REQUIRE(again->parts.size() == form->parts.size());
      for (size_t i = 0; i < again->parts.size(); ++i) {
        CHECK(again->parts[i].name == form->parts[i].name);
        CHECK(again->parts[i].value == "new");
      }
    }
    CHECK(accepted > fuzz.rounds / 20);
  }

  TEST_CASE("edits keep every other byte") {
    const std::string first = part("mlx:tags", "{}");
    const std::string file = part("file", "bytes", "; filename=a");
    const std::string body =
        first + part("model", "@stt") + file + part("mlx:trace", "true") + kEnd;
    const auto form = parseForm(kType, body);
    REQUIRE(form);
    FormEdits edits(*form, body);
    edits.remove(0);
    CHECK(edits.replaceValue(1, "whisper-1"));
    edits.remove(3);
    CHECK(edits.prepend("language", "en"));
    const std::string edited = edits.build().str();
    CHECK(edited == part("language", "en") + part("model", "whisper-1") + file + kEnd);
    CHECK(parseForm(kType, edited)->parts.size() == 3);
  }

  TEST_CASE("no value can end its part") {
    const std::string body = part("model", "m") + kEnd;
    const auto form = parseForm(kType, body);
    FormEdits edits(*form, body);
    CHECK_FALSE(edits.replaceValue(0, "x\r\n--B1--"));
    CHECK_FALSE(edits.replaceValue(0, "--B1\r\n"));
    CHECK_FALSE(edits.prepend("a", "\r\n--B1"));
    CHECK(edits.build().str() == body);
  }

  TEST_CASE("a form that is edited outlives being moved") {
    const std::string body = part("model", "m") + kEnd;
    const auto form = parseForm(kType, body);
    FormEdits edits(*form, body);
    CHECK(edits.replaceValue(0, "n"));
    FormBody built = edits.build();
    const FormBody moved = std::move(built);
    CHECK(moved.str() == part("model", "n") + kEnd);
  }
}
