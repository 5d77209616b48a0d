#include "responses/recall.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "json/document.h"
#include "support/store_fixture.h"

using namespace penstock;
using namespace penstock::test;
using responses::Keeper;
using responses::Recalled;
using AtProvider = model::StoredResponse::AtProvider;

namespace {

// A project that has kept a conversation of two: resp_1, resp_2.
struct Fixture : StoreFixture {
  Fixture() {
    bootstrap();
    project = firstProject().id;
    keep("1", "");
    keep("2", "resp_1");
  }
  model::StoredResponse response(const std::string& n, const std::string& previous) const {
    return {.project_id = project,
            .id = "resp_" + n,
            .api_key_id = "key_1",
            .provider_id = "prov_1",
            .model = "m",
            .previous_id = previous,
            .at_provider = AtProvider::Held,
            .input = R"([{"role":"user","content":"Q)" + n + R"("}])",
            .object = R"({"id":"resp_)" + n + R"(","output":[{"type":"message","id":"msg_)" + n +
                      R"(","role":"assistant","content":[]}],"usage":{"output_tokens_details":)" +
                      R"({"reasoning_tokens":100}}})",
            .created_at = clock.now()};
  }
  void keep(const std::string& n, const std::string& previous) {
    REQUIRE(keeper.keep(response(n, previous)));
  }
  Result<Recalled> recall(const std::string& members, const responses::RecallLimits& limits = {}) {
    body = R"({"model":"m",)" + members + "}";
    auto request = dialect::parseResponses(body);
    REQUIRE(request);
    REQUIRE(responses::needsRecall(*request));
    return responses::recall(keeper, project, *request, limits);
  }

  Logger log{{.level = LogLevel::Error}, clock};
  Keeper keeper{Keeper::Services{*store, clock, log}, Keeper::Options{}};
  std::string project, body;
};

const std::string kNext = R"("input":"Q3","previous_response_id":"resp_2")";

}  // namespace

TEST_SUITE("responses/recall") {
  TEST_CASE("what came before stands before the input, oldest first") {
    Fixture f;
    const auto recalled = f.recall(kNext);
    REQUIRE(recalled);
    CHECK(recalled->body ==
          R"({"model":"m","input":[{"role":"user","content":"Q1"},{"type":"message","id":"msg_1",)"
          R"("role":"assistant","content":[]},{"role":"user","content":"Q2"},{"type":"message",)"
          R"("id":"msg_2","role":"assistant","content":[]},{"type":"message","role":"user",)"
          R"("content":[{"type":"input_text","text":"Q3"}]}]})");
    CHECK(recalled->history_items == 4);
    CHECK(recalled->unwritten_tokens == 200);
    REQUIRE(recalled->holder);
    CHECK(recalled->holder->provider_id == "prov_1");
  }

  TEST_CASE("who holds all is told only where it is one") {
    Fixture f;
    auto elsewhere = f.response("3", "resp_2");
    elsewhere.at_provider = AtProvider::Absent;
    REQUIRE(f.keeper.keep(elsewhere));
    CHECK_FALSE(f.recall(R"("input":"x","previous_response_id":"resp_3")")->holder);
    auto other = f.response("4", "");
    other.provider_id = "prov_2";
    REQUIRE(f.keeper.keep(other));
    const std::string refers = R"("input":[{"type":"item_reference","id":")";
    CHECK(f.recall(refers + R"(msg_1"}],"previous_response_id":"resp_2")")->holder);
    CHECK_FALSE(f.recall(refers + R"(msg_4"}],"previous_response_id":"resp_2")")->holder);
    CHECK(f.recall(refers + R"(msg_4"}])")->holder->provider_id == "prov_2");
    // An id that we gave is nobody else's.
    const auto listed = f.recall(refers + R"(msg_in0_1"}])");
    REQUIRE(listed);
    CHECK_FALSE(listed->holder);
    CHECK(listed->body == R"({"model":"m","input":[{"role":"user","content":"Q1"}]})");
  }

  TEST_CASE("what is not there is named") {
    Fixture f;
    const auto gone = f.recall(R"("input":"x","previous_response_id":"resp_9")");
    REQUIRE_FALSE(gone);
    CHECK(gone.error().kind == ErrorKind::InvalidRequest);
    CHECK(gone.error().code == "previous_response_not_found");
    CHECK(gone.error().param == "previous_response_id");
    CHECK(gone.error().message == "Previous response with id 'resp_9' not found.");
    const auto item = f.recall(R"("input":[{"id":"msg_9"}])");
    REQUIRE_FALSE(item);
    CHECK(item.error().kind == ErrorKind::NotFound);
    CHECK(item.error().param == "input");
    for (const char* id : {"msg_in0_9", "msg_in7_1", "msg_in_1"})
      CHECK_FALSE(f.recall(R"("input":[{"id":")" + std::string(id) + R"("}])"));
    f.keeper.remove(f.project, "resp_1");
    const auto broken = f.recall(kNext);
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == "previous_response_not_found");
    CHECK(broken.error().message.find("'resp_1'") != std::string::npos);
  }

  TEST_CASE("a conversation is bounded in its length and its bytes, references in their number") {
    Fixture f;
    const auto code = [&](const std::string& members, const responses::RecallLimits& limits) {
      const auto recalled = f.recall(members, limits);
      return recalled ? "" : recalled.error().code + " " + recalled.error().param;
    };
    CHECK(code(kNext, {.responses = 2}).empty());
    CHECK(code(kNext, {.responses = 1}) == "previous_response_too_long previous_response_id");
    CHECK(code(kNext, {.bytes = 100}) == "previous_response_too_long previous_response_id");
    const std::string two = R"("input":[{"id":"msg_1"},{"id":"msg_2"}])";
    CHECK(code(two, {.references = 2}).empty());
    CHECK(code(two, {.references = 1}) == "too_many_references input");
    CHECK(code(two, {.bytes = 100}) == "too_many_references input");
  }
}
