#include "demo/images.h"

#include "base/base64.h"
#include "demo/png.h"
#include "unit/demo/media_server.h"

using namespace penstock;
using namespace penstock::demo;

namespace {

const std::string kPath = "/v1/images/generations";

std::string ask(const std::string& more = "") {
  return R"({"model":"demo-image","prompt":"a dam")" + more + "}";
}

}  // namespace

TEST_SUITE("demo/images") {
  TEST_CASE("a prompt makes a picture, the same one every time") {
    MediaServer server;
    const auto first = server.postJson(kPath, ask(R"(,"n":2)"));
    const auto data = *first.root().find("data");
    CHECK(data.size() == 2);
    const auto png = decodeBase64(*data.at(0).stringAt("b64_json"));
    REQUIRE(png);
    CHECK(png->starts_with("\x89PNG"));
    CHECK(data.at(0).stringAt("b64_json") != data.at(1).stringAt("b64_json"));
    CHECK(server.postJson(kPath, ask(R"(,"n":2)")).root().text() == first.root().text());
    CHECK(first.root().find("usage")->intAt("output_tokens") == 128);
  }

  TEST_CASE("a picture as a URL holds itself") {
    MediaServer server;
    const auto answer = server.postJson(kPath, ask(R"(,"response_format":"url")"));
    CHECK(answer.root().find("data")->at(0).stringAt("url")->starts_with("data:image/png;base64,"));
  }

  TEST_CASE("a stream has its partial pictures, then the whole") {
    MediaServer server;
    const auto answer = server.post(kPath, ask(R"(,"stream":true,"partial_images":2)"));
    CHECK(answer.header("content-type") == "text/event-stream");
    CHECK(answer.body.find("\"partial_image_index\":1") != std::string::npos);
    CHECK(answer.body.find("\"partial_image_index\":2") == std::string::npos);
    CHECK(answer.body.find("\"type\":\"image_generation.completed\"") != std::string::npos);
  }

  TEST_CASE("edits and variations take a file") {
    MediaServer server;
    const std::string form = field("model", "demo-image") + field("prompt", "red") +
                             file("image[]", "one") + file("image[]", "two") + "--XX--\r\n";
    const auto edit = server.postJson("/v1/images/edits", form, kForm);
    CHECK(edit.root().find("usage")->find("input_tokens_details")->intAt("image_tokens") == 32);
    const std::string plain = field("model", "demo-image") + file("image", "one") + "--XX--\r\n";
    CHECK(server.postJson("/v1/images/variations", plain, kForm).root().find("data")->size() == 1);
  }

  TEST_CASE("what is wrong is named") {
    MediaServer server;
    CHECK(server.refusal(kPath, R"({"model":"demo-image"})") == "400 prompt missing_field");
    CHECK(server.refusal(kPath, ask(R"(,"n":11)")) == "400 n invalid_value");
    CHECK(server.refusal(kPath, R"({"model":"demo-chat","prompt":"x"})") ==
          "404 model model_not_found");
    CHECK(server.refusal("/v1/images/edits", field("model", "demo-image") + "--XX--\r\n", kForm) ==
          "400 image missing_field");
  }

  TEST_CASE("faults come by the model's name") {
    MediaServer server;
    CHECK(server.post(kPath, R"({"model":"demo-image:status=503","prompt":"x"})").status == 503);
    const auto answer = server.postJson(kPath, R"({"model":"demo-image:nousage","prompt":"x"})");
    CHECK_FALSE(answer.root().find("usage"));
  }
}
