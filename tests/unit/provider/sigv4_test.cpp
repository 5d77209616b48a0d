#include "provider/sigv4.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;

// AWS's published suite (aws-sig-v4-test-suite), by its names.
namespace {

constexpr UnixMillis kThen = 1'440'938'160'000;  // 2015-08-30T12:36:00Z

http::ClientRequest requestOf(const char* method, const char* path, http::Headers headers = {},
                              std::string_view body = {}) {
  http::ClientRequest request;
  request.origin.host = request.origin.host_header = "example.amazonaws.com";
  request.method = method;
  request.path = path;
  request.headers = std::move(headers);
  if (!body.empty()) request.body = {body};
  return request;
}

std::string authorizationOf(http::ClientRequest request, const char* session_token = "") {
  provider::signV4(
      {"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), Secret(session_token)},
      {"us-east-1", "service", kThen}, request);
  return std::string(request.headers.get("Authorization"));
}

std::string signatureOf(http::ClientRequest request) {
  const std::string text = authorizationOf(std::move(request));
  return text.substr(text.rfind('=') + 1);
}

}  // namespace

TEST_SUITE("provider/sigv4") {
  TEST_CASE("get-vanilla is signed as published, to the letter") {
    CHECK(authorizationOf(requestOf("GET", "/")) ==
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
          "SignedHeaders=host;x-amz-date, "
          "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  }

  TEST_CASE("the suite's requests have the published signatures") {
    struct Vector {
      const char* name;
      http::ClientRequest request;
      const char* signature;
    };
    const http::Headers form = {{"Content-Type", "application/x-www-form-urlencoded"}};
    const char* vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    const Vector vectors[] = {
        {"get-vanilla-query", requestOf("GET", "/"), vanilla},
        {"get-vanilla-query-order-key-case", requestOf("GET", "/?Param2=value2&Param1=value1"),
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        {"get-vanilla-utf8-query", requestOf("GET", "/?\u1234=bar"),
         "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
        {"get-utf8", requestOf("GET", "/\u1234"),
         "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
        {"get-unreserved",
         requestOf("GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
         "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
        {"get-space", requestOf("GET", "/example space/"),
         "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
        {"normalize-path/get-relative", requestOf("GET", "/example/.."), vanilla},
        {"normalize-path/get-relative-relative", requestOf("GET", "/example1/example2/../.."),
         vanilla},
        {"normalize-path/get-slash", requestOf("GET", "//"), vanilla},
        {"normalize-path/get-slash-dot-slash", requestOf("GET", "/./"), vanilla},
        {"normalize-path/get-slash-pointless-dot", requestOf("GET", "/./example"),
         "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
        {"normalize-path/get-slashes", requestOf("GET", "//example//"),
         "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
        {"get-header-value-trim",
         requestOf("GET", "/", {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}),
         "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
        {"get-header-key-duplicate",
         requestOf("GET", "/",
                   {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}}),
         "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
        {"get-header-value-order",
         requestOf("GET", "/",
                   {{"My-Header1", "value4"},
                    {"My-Header1", "value1"},
                    {"My-Header1", "value3"},
                    {"My-Header1", "value2"}}),
         "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
        {"post-vanilla", requestOf("POST", "/"),
         "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        {"post-vanilla-query", requestOf("POST", "/?Param1=value1"),
         "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
        {"post-header-key-sort", requestOf("POST", "/", {{"My-Header1", "value1"}}),
         "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
        {"post-header-value-case", requestOf("POST", "/", {{"My-Header1", "VALUE1"}}),
         "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
        {"post-x-www-form-urlencoded", requestOf("POST", "/", form, "Param1=value1"),
         "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    };
    for (const Vector& vector : vectors) {
      INFO(std::string(vector.name));
      CHECK(signatureOf(vector.request) == vector.signature);
    }
  }

  TEST_CASE("a body in pieces is signed as one") {
    const http::Headers form = {{"Content-Type", "application/x-www-form-urlencoded"}};
    auto request = requestOf("POST", "/", form);
    request.body = {"Param1", "=val", "ue1"};
    CHECK(signatureOf(request) ==
          "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
  }

  TEST_CASE("a temporary key's token is sent and signed (post-sts-header-before)") {
    const char* token =
        "AQoDYXdzEPT//////////"
        "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpS"
        "PfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/"
        "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDY"
        "wT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"
        "scqK"
        "mlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    const std::string text = authorizationOf(requestOf("POST", "/"), token);
    CHECK(text.find("SignedHeaders=host;x-amz-date;x-amz-security-token,") != std::string::npos);
    CHECK(text.ends_with("85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"));
  }

  TEST_CASE("what is encoded on the wire is encoded once more in what is signed") {
    CHECK(provider::canonicalPath("/model/anthropic.claude-x-v1%3A0/converse") ==
          "/model/anthropic.claude-x-v1%253A0/converse");
    CHECK(provider::canonicalPath("/model/arn%3Aaws%2Fx/converse-stream") ==
          "/model/arn%253Aaws%252Fx/converse-stream");
    CHECK(provider::canonicalPath("") == "/");
    CHECK(provider::canonicalQuery("b=2&a=%2F&c") == "a=%2F&b=2&c=");
  }
}
