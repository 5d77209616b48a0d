#include "demo/form.h"

#include "unit/demo/media_server.h"

using namespace penstock;
using namespace penstock::demo;

namespace {

Result<FormRequest> read(const std::string& body, std::string_view served) {
  http::Request request;
  request.headers.add("Content-Type", kForm);
  request.body = body;
  return readForm(request, served);
}

}  // namespace

TEST_SUITE("demo/form") {
  TEST_CASE("fields, counts and files are read by name") {
    const std::string body = field("model", "demo-image:latency=5") + field("n", "3") +
                             file("image[]", "png") + "--XX--";
    const auto form = read(body, "demo-image");
    REQUIRE(form);
    CHECK(form->model.faults.latency.count() == 5);
    CHECK(form->field("n") == "3");
    CHECK(form->field("none").empty());
    CHECK(form->count("n", 1, 10, 1).value() == 3);
    CHECK(form->count("other", 1, 10, 7).value() == 7);
    CHECK(form->count("n", 1, 2, 1).error().param == "/n");
    CHECK((*form->file("image"))->value == "png");
    CHECK(form->file("mask").error().code == "missing_field");
    CHECK(form->file("n").error().code == "invalid_value");
  }

  TEST_CASE("the model is to be the one that is served") {
    CHECK(read(field("model", "demo-chat") + "--XX--", "demo-image").error().code ==
          "model_not_found");
    CHECK(read("rubbish", "demo-image").error().code == "invalid_multipart");
  }
}
