#include "dialect/file_references.h"

#include <string>

#include <doctest/doctest.h>

#include "dialect/anthropic_request.h"
#include "dialect/openai_request.h"
#include "dialect/responses_request.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

const InlineFile kPdf{"a.pdf", "application/pdf", "%PDF-1"};
const InlineFile kPng{"a.png", "image/png", "\x89PNG"};
const InlineFile kNotes{"n.txt", "application/octet-stream", "hi \"you\""};

const std::string kPlainChat =
    R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"its \"file_id\""}]}]})";

std::string chat(const std::string& part) {
  return R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"},)" +
         part + "]}]}";
}
std::string messages(const std::string& block) {
  return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[)" + block + "]}]}";
}
std::string responses(const std::string& items) {
  return R"({"model":"m","input":[)" + items + "]}";
}

// "id at param; …"
template <typename View>
std::string found(Dialect caller, const Result<View>& request) {
  REQUIRE(request);
  const auto references = fileReferences(caller, *request);
  if (!references) return references.error().code + " at " + references.error().param;
  std::string text;
  for (const FileReference& one : *references)
    text += one.id + " at " + one.param + (one.place.empty() ? " alone; " : "; ");
  // Whoever is asked first says so too.
  CHECK((mayNameFiles(caller, *request) || references->empty()));
  return text;
}
std::string foundIn(const std::string& chat) {
  return found(Dialect::OpenAi, parseOpenAiChat(chat));
}
std::string foundInMessages(const std::string& body) {
  return found(Dialect::Anthropic, parseAnthropicMessages(body));
}
std::string foundInResponses(const std::string& body) {
  return found(Dialect::Responses, parseResponses(body));
}

template <typename View>
std::string with(Dialect caller, const Result<View>& request, const InlineFile& file) {
  Replacements replacements;
  const auto references = fileReferences(caller, *request);
  REQUIRE(references);
  for (const FileReference& one : *references)
    replacements.emplace_back(one.place, inlineFile(caller, one, file));
  return replaceIn(request->body.text(), replacements);
}

}  // namespace

TEST_SUITE("dialect/file_references") {
  TEST_CASE("OpenAI's chats name files in parts") {
    CHECK(foundIn(chat(R"({"type":"file","file":{"file_id":"file-1"}})")) ==
          "file-1 at messages[0].content[1].file.file_id; ");
    CHECK(foundIn(chat(R"({"type":"file","file":{"filename":"a","file_data":"file_"}})")).empty());
    CHECK(foundIn(chat(R"({"type":"text","text":"x"})")).empty());
    CHECK(foundIn(chat(R"({"type":"file","file_id":"file-1"})")) ==
          "file-1 at messages[0].content[1].file_id; ");
    CHECK_FALSE(mayNameFiles(Dialect::OpenAi, *parseOpenAiChat(kPlainChat)));
    // Hidden from a search, but not from a reader.
    CHECK(foundIn(chat(R"({"type":"file","file":{"\u0066ile_id":"file-1"}})")) ==
          "file-1 at messages[0].content[1].file.file_id; ");
  }

  TEST_CASE("what a tool is called with is the caller's own") {
    CHECK(
        foundIn(R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c",)"
                R"("type":"function","function":{"name":"f","arguments":"{}","file_id":"x"}}]}]})")
            .empty());
    const std::string body = messages(R"({"type":"tool_use","id":"t","name":"f",)"
                                      R"("input":{"file_id":"x"}})");
    const auto request = parseAnthropicMessages(body);
    CHECK(fileReferences(Dialect::Anthropic, *request)->empty());
  }

  TEST_CASE("Anthropic's blocks name them in sources, however deep, and for containers") {
    const std::string source = R"({"type":"file","file_id":"file_1"})";
    CHECK(foundInMessages(messages(R"({"type":"document","source":)" + source + "}")) ==
          "file_1 at messages[0].content[0].source.file_id; ");
    CHECK(foundInMessages(messages(
              R"({"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":)" +
              source +
              R"(}]},{"type":"document","source":{"type":"content","content":[)"
              R"({"type":"image","source":)" +
              source + "}]}}")) ==
          "file_1 at messages[0].content[0].content[0].source.file_id; "
          "file_1 at messages[0].content[1].source.content[0].source.file_id; ");
    CHECK(foundInMessages(messages(R"({"type":"container_upload","file_id":"file_2"})")) ==
          "file_2 at messages[0].content[0].file_id alone; ");
    CHECK(foundInMessages(
              messages(R"({"type":"web_fetch_tool_result","tool_use_id":"t","content":{"content":)"
                       R"({"type":"document","source":)" +
                       source + "}}}")) ==
          "file_1 at messages[0].content[0].content.content.source.file_id; ");
    // What came out of a tool is the provider's.
    CHECK(
        foundInMessages(
            messages(R"({"type":"bash_code_execution_tool_result","tool_use_id":"t","content":)"
                     R"({"content":[{"type":"bash_code_execution_output","file_id":"file_3"}]}})"))
            .empty());
  }

  TEST_CASE("Responses name them in content, in results of tools and for containers") {
    CHECK(foundInResponses(
              responses(R"({"role":"user","content":[{"type":"input_file","file_id":"file-1"}]},)"
                        R"({"type":"function_call_output","call_id":"c","output":[)"
                        R"({"type":"input_image","file_id":"file-2"}]},)"
                        R"({"type":"computer_call_output","call_id":"d","output":)"
                        R"({"type":"computer_screenshot","file_id":"file-3"}})")) ==
          "file-1 at input[0].content[0].file_id; file-2 at input[1].output[0].file_id; "
          "file-3 at input[2].output.file_id; ");
    CHECK(foundInResponses(R"({"model":"m","input":"x","tools":[{"type":"code_interpreter",)"
                           R"("container":{"type":"auto","file_ids":["file-1"]}}]})") ==
          "file-1 at tools[0].container.file_ids alone; ");
    CHECK(foundInResponses(
              R"({"model":"m","prompt":{"id":"p","variables":{"doc":{"type":"input_file",)"
              R"("file_id":"file-1"},"n":"x"}},"tools":[{"type":"image_generation",)"
              R"("input_image_mask":{"file_id":"file-2"}}]})") ==
          "file-1 at prompt.variables.doc.file_id; "
          "file-2 at tools[0].input_image_mask.file_id alone; ");
  }

  TEST_CASE("no more are collected than are wanted, and each says which item it is of") {
    std::string items;
    for (int i = 0; i < 50; ++i)
      items += std::string(i > 0 ? "," : "") +
               R"({"role":"user","content":[{"type":"input_file","file_id":"f"}]})";
    const std::string body = responses(items);
    const auto request = parseResponses(body);
    const auto references = fileReferences(Dialect::Responses, *request, 3);
    REQUIRE(references);
    CHECK(references->size() == 4);
    CHECK(references->back().item == 3);
  }

  TEST_CASE("what a part had beside its name goes with it") {
    const std::string body = responses(
        R"({"role":"user","content":[{"type":"input_image","file_id":"f","image_url":null,)"
        R"("detail":"auto","prompt_cache_breakpoint":true}]})");
    const auto request = parseResponses(body);
    CHECK(with(Dialect::Responses, request, kPng) ==
          responses(R"({"role":"user","content":[{"type":"input_image",)"
                    R"("image_url":"data:image/png;base64,iVBORw==","detail":"auto",)"
                    R"("prompt_cache_breakpoint":true}]})"));
    CHECK(with(Dialect::Responses, request, kNotes) ==
          responses(R"({"role":"user","content":[{"type":"input_text",)"
                    R"("text":"n.txt\n\nhi \"you\"","prompt_cache_breakpoint":true}]})"));
    const InlineFile controls{"c", "text/plain", "\x01\x02"};
    CHECK(with(Dialect::Responses, request, controls).find("base64,AQI=") != std::string::npos);
  }

  TEST_CASE("an object that readers could take for two is refused") {
    CHECK(foundIn(chat(R"({"type":"file","file":{"file_id":"file-1","file_id":"file-2"}})")) ==
          "invalid_json at messages[0].content[1].file");
  }

  TEST_CASE("a file takes the place of its name, as what it is") {
    const std::string body = chat(R"({"file":{"file_id":"f"},"type":"file","cache_control":{}})");
    const auto request = parseOpenAiChat(body);
    CHECK(with(Dialect::OpenAi, request, kPdf) ==
          chat(R"({"type":"file","file":{"filename":"a.pdf",)"
               R"("file_data":"data:application/pdf;base64,JVBERi0x"},"cache_control":{}})"));
    CHECK(with(Dialect::OpenAi, request, kPng) ==
          chat(R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw=="},)"
               R"("cache_control":{}})"));
    CHECK(with(Dialect::OpenAi, request, kNotes) ==
          chat(R"({"type":"text","text":"n.txt\n\nhi \"you\"","cache_control":{}})"));
  }

  TEST_CASE("in Responses and Messages too") {
    const std::string item =
        R"({"role":"user","content":[{"type":"input_image","file_id":"f","detail":"low"}]})";
    const std::string body = responses(item);
    const auto request = parseResponses(body);
    CHECK(with(Dialect::Responses, request, kPng) ==
          responses(R"({"role":"user","content":[{"type":"input_image",)"
                    R"("image_url":"data:image/png;base64,iVBORw==","detail":"low"}]})"));
    CHECK(with(Dialect::Responses, request, kPdf) ==
          responses(R"({"role":"user","content":[{"type":"input_file","filename":"a.pdf",)"
                    R"("file_data":"data:application/pdf;base64,JVBERi0x"}]})"));
    const std::string block =
        messages(R"({"type":"document","source":{"type":"file","file_id":"f"},"title":"t"})");
    const auto parsed = parseAnthropicMessages(block);
    CHECK(with(Dialect::Anthropic, parsed, kPdf) ==
          messages(R"({"type":"document","source":{"type":"base64",)"
                   R"("media_type":"application/pdf","data":"JVBERi0x"},"title":"t"})"));
    CHECK(with(Dialect::Anthropic, parsed, kNotes) ==
          messages(R"({"type":"document","source":{"type":"text",)"
                   R"("media_type":"text/plain","data":"hi \"you\""},"title":"t"})"));
  }
}
