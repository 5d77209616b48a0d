#include "base/base64.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("base/base64") {
  TEST_CASE("the RFC's examples, both ways") {
    const std::vector<std::pair<std::string, std::string>> examples = {{"", ""},
                                                                       {"f", "Zg=="},
                                                                       {"fo", "Zm8="},
                                                                       {"foo", "Zm9v"},
                                                                       {"foob", "Zm9vYg=="},
                                                                       {"fooba", "Zm9vYmE="},
                                                                       {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : examples) {
      CHECK(encodeBase64(bytes) == text);
      CHECK(decodeBase64(text) == bytes);
    }
  }

  TEST_CASE("every byte survives") {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
    CHECK(decodeBase64(encodeBase64(bytes)) == bytes);
  }

  TEST_CASE("padding may be missing, but nothing else may be there") {
    CHECK(decodeBase64("Zg") == "f");
    for (const char* wrong : {"Z", "Zg=", "Z=g=", "Zm9v\n", "Zm-v", "Zm9vZ", "===="}) {
      CHECK_FALSE(decodeBase64(wrong));
    }
  }

  TEST_CASE("the URL's alphabet without padding, both ways (RFC 4648, 10)") {
    struct Row {
      const char* plain;
      const char* encoded;
    };
    for (const Row& row : {Row{"", ""}, Row{"f", "Zg"}, Row{"fo", "Zm8"}, Row{"foo", "Zm9v"},
                           Row{"foobar", "Zm9vYmFy"}, Row{"\xfb\xff", "-_8"}}) {
      CHECK(base64Url(row.plain) == row.encoded);
      CHECK(fromBase64Url(row.encoded) == std::string(row.plain));
    }
    CHECK_FALSE(fromBase64Url("Zg=="));
    CHECK_FALSE(fromBase64Url("a+b"));
  }
}
