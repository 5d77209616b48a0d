// The matrix: every client API, before a provider of every dialect, in every case, whole and
// streamed. Each cell has a golden file (what the provider is sent, what the caller is answered)
// and a word in the table, which `make matrix` prints. PENSTOCK_ACCEPT=1 writes both instead.
#include <doctest/doctest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "matrix/gateway_player.h"
#include "matrix/meaning.h"
#include "matrix/table.h"
#include "matrix/translator_player.h"
#include "unit/dialect/chat_samples.h"

using namespace penstock;
using namespace penstock::test;
using namespace penstock::test::matrix;

namespace {

void checkGolden(const fs::path& path, const std::string& text) {
  if (std::getenv("PENSTOCK_ACCEPT") != nullptr) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return;
  }
  if (!fs::exists(path)) {
    FAIL_CHECK("a cell without a golden file: ", path.string());
    return;
  }
  CHECK_MESSAGE(readFile(path) == text, path.string(), "\n", text);
}

std::string told(const Exchange& played) {
  std::string text = played.asked ? "asked " + played.target + "\n" + pretty(played.sent) + "\n"
                                  : "asked nobody\n\n";
  text += "answered " + std::to_string(played.status) + " " + played.type + "\n";
  if (!played.dropped.empty()) text += "dropped " + played.dropped + "\n";
  return text + (played.type == "application/json" ? pretty(played.answer) : played.answer);
}

// What stands for a schema or a free text where a provider knows neither (see made_up_tools.h).
dialect::AnswerContext contextOf(const Cell& cell) {
  if (cell.passesThrough()) return {};
  const auto request = dialect::readChat(cell.surface->dialect, cell.request());
  dialect::Losses losses(cell.surface->dialect);
  if (!request) return {};
  dialect::ChatTarget target = dialect::openAiTargetOf(cell.model());
  if (cell.spoken() == Dialect::Anthropic) target = dialect::anthropicTargetOf(cell.model());
  if (cell.spoken() == Dialect::Gemini) target = dialect::geminiTargetOf(cell.model());
  if (cell.spoken() == Dialect::Bedrock) target = dialect::bedrockTargetOf(cell.model());
  const auto written = dialect::writeChat(*request, target, losses);
  return written ? written->context : dialect::AnswerContext{};
}

Meaning meaningOf(const Cell& cell, Dialect dialect, const std::string& bytes,
                  const dialect::AnswerContext& context) {
  return cell.stream ? meaningOfStream(dialect, bytes, context)
                     : meaningOfAnswer(dialect, bytes, context);
}

// The caller is told what the provider said.
void checkMeaning(const Cell& cell, const Exchange& played) {
  const Recorded recorded = recordedOf(cell);
  REQUIRE_MESSAGE(!recorded.body.empty(), cell.name());
  if (recorded.status != 200) {
    CHECK(played.status >= 400);
    CHECK(played.status / 100 == recorded.status / 100);
    return;
  }
  CHECK_MESSAGE(played.status == 200, played.answer);
  Meaning said = meaningOf(cell, cell.spoken(), recorded.body, contextOf(cell));
  const Meaning heard = meaningOf(cell, cell.surface->dialect, played.answer, {});
  // Callers of OpenAI's streams have usage only where they ask for it.
  if (cell.stream && cell.surface->dialect == Dialect::OpenAi && !heard.counted)
    said.counted = false;
  // Google has no word for what was written to a cache.
  if (cell.surface->dialect == Dialect::Gemini) said.written = heard.written;
  CHECK(shown(heard) == shown(said));
  CHECK(heard.failed == cell.fails());
}

// Within one dialect bytes are passed on, whole answers and events alike. But callers of OpenAI's
// streams who did not ask for usage are not ready for chunks without a choice: neither for the
// usage, which the gateway asks for itself, nor for what Azure filtered of the prompt.
void checkVerbatim(const Cell& cell, const Exchange& played) {
  const std::string body = recordedOf(cell).body;
  if (!cell.stream) {
    if (!cell.fails()) CHECK(played.answer == body);
    return;
  }
  const bool asks_for_usage = contains(cell.request(), "include_usage");
  for (size_t at = 0, end = 0; (end = body.find("\n\n", at)) != std::string::npos; at = end + 2) {
    const std::string event = body.substr(at, end + 2 - at);
    const bool swallowed = contains(event, R"("choices":[])") && !asks_for_usage;
    CHECK_MESSAGE(contains(played.answer, event) != swallowed, event);
  }
}

void checkCell(const Cell& cell, GatewayPlayer& gateway, Table& table) {
  INFO(cell.name());
  const Exchange played = cell.inProxy() ? gateway.play(cell) : TranslatorPlayer::play(cell);
  const Kind kind = kindOf(cell, played);
  checkGolden(cell.golden(), told(played));
  if (played.asked) {
    checkMeaning(cell, played);
  } else {
    CHECK(played.status / 100 == 4);
    CHECK_FALSE(kind.why.empty());
  }
  if (cell.passesThrough()) checkVerbatim(cell, played);
  table.add(cell, kind);
}

}  // namespace

TEST_SUITE("matrix") {
  TEST_CASE("every client API is served by providers of every dialect in every case") {
    GatewayPlayer gateway;
    Table table;
    std::set<fs::path> expected = {kFolder / "table.txt"};
    for (const Cell& cell : allCells()) {
      checkCell(cell, gateway, table);
      expected.insert(cell.golden());
    }
    std::fputs(table.text().c_str(), stdout);
    checkGolden(kFolder / "table.txt", table.text());
    for (const auto& entry : fs::recursive_directory_iterator(kFolder))
      if (entry.is_regular_file())
        CHECK_MESSAGE(expected.contains(entry.path()), "no cell's golden: ", entry.path().string());
  }
}
