#include "guard/prose.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "json/raw.h"

using namespace penstock;
using guard::Phase;

namespace {

std::vector<std::string> prose(const std::string& body, Phase phase = Phase::Input) {
  std::vector<std::string> found;
  guard::visitProse(body, phase, {[&](std::string_view raw, const guard::Place& place) {
                      found.push_back(place.pointer() + "=" + *json::rawString(raw));
                      return true;
                    }});
  return found;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_SUITE("guard/prose") {
  TEST_CASE("OpenAI chat") {
    CHECK(prose(R"({"model":"gpt-4o","user":"u","messages":[
        {"role":"system","content":"s"},
        {"role":"user","name":"ada","content":[{"type":"text","text":"t"},
          {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},
          {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},
          {"type":"file","file":{"file_id":"file-1","file_data":"data:;base64,AA","filename":"f"}}]},
        {"role":"assistant","content":null,"refusal":"r","tool_calls":[{"id":"c1","type":"function",
          "function":{"name":"f","arguments":"{\"q\":\"a\"}"}}]},
        {"role":"tool","tool_call_id":"c1","content":"out"}],
        "tools":[{"type":"function","function":{"name":"f","description":"d"}}],
        "response_format":{"type":"json_schema","json_schema":{"name":"n"}},"stop":["x"]})") ==
          Texts{"/messages/0/content=s", "/messages/1/content/0/text=t", "/messages/2/refusal=r",
                "/messages/2/tool_calls/0/function/arguments={\"q\":\"a\"}",
                "/messages/3/content=out"});
  }

  TEST_CASE("images, speech and transcripts") {
    CHECK(prose(R"({"model":"m","input":"said","instructions":"calm","voice":"v"})") ==
          Texts{"/input=said", "/instructions=calm"});
    CHECK(prose(R"({"prompt":"p","file":{"filename":"f","bytes":1}})") == Texts{"/prompt=p"});
    CHECK(prose(R"({"task":"transcribe","language":"english","text":"a b","segments":[{"id":0,)"
                R"("text":"a b","tokens":[1]}],"words":[{"word":"a","start":0.5}]})",
                Phase::Output) == Texts{"/text=a b", "/segments/0/text=a b", "/words/0/*=a"});
  }

  TEST_CASE("OpenAI Responses") {
    CHECK(
        prose(
            R"({"model":"m","instructions":"i","input":"one","text":{"format":{"type":"text"}}})") ==
        Texts{"/instructions=i", "/input=one"});
    CHECK(
        prose(
            R"({"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"t"},
          {"type":"input_image","image_url":"https://x"}]},
        {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
        {"type":"function_call_output","call_id":"c","output":"o"},
        {"type":"reasoning","id":"rs_1","encrypted_content":"zzz","summary":[{"type":"summary_text","text":"why"}]},
        {"type":"mcp_list_tools","tools":[{"name":"x","input_schema":{"type":"object"}}]}]})") ==
        Texts{"/input/0/content/0/text=t", "/input/1/arguments={}", "/input/2/output=o",
              "/input/3/summary/0/text=why"});
  }

  TEST_CASE("Anthropic") {
    CHECK(
        prose(
            R"({"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"5m"}}],
        "metadata":{"user_id":"u"},"messages":[
        {"role":"user","content":"q"},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},
          {"type":"tool_use","id":"t1","name":"f","input":{"name":"Bob","a":[{"url":"u","secret key":"v"}]}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"r"}]},
          {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},
          {"type":"document","title":"ti","source":{"type":"text","media_type":"text/plain","data":"doc"}},
          {"type":"search_result","source":"https://x","title":"st","content":[{"type":"text","text":"c"}]}]}]})") ==
        Texts{"/system/0/text=s", "/messages/0/content=q", "/messages/1/content/0/thinking=hm",
              "/messages/1/content/1/input=Bob", "/messages/1/content/1/input/0=u",
              "/messages/1/content/1/input/0=v", "/messages/2/content/0/content/0/text=r",
              "/messages/2/content/2/title=ti", "/messages/2/content/2/source/data=doc",
              "/messages/2/content/3/title=st", "/messages/2/content/3/content/0/text=c"});
  }

  TEST_CASE("Gemini") {
    CHECK(
        prose(R"({"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[
          {"text":"t"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},
          {"fileData":{"fileUri":"gs://x","mimeType":"a/b"}}]},
        {"role":"model","parts":[{"functionCall":{"name":"f","args":{"q":"a"}},"thoughtSignature":"z"}]},
        {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"ok"}}}]}],
        "generationConfig":{"stopSequences":["x"]}})") ==
        Texts{"/systemInstruction/parts/0/text=s", "/contents/0/parts/0/text=t",
              "/contents/1/parts/0/functionCall/args=a",
              "/contents/2/parts/0/functionResponse/response=ok"});
  }

  TEST_CASE("answers of each API") {
    CHECK(
        prose(
            R"({"id":"x","object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"stop",
        "message":{"role":"assistant","content":"a"},"logprobs":{"content":[{"token":"a"}]}}]})",
            Phase::Output) == Texts{"/choices/0/message/content=a"});
    CHECK(prose(R"({"output":[{"type":"message","id":"m","status":"completed","content":[
        {"type":"output_text","text":"a","annotations":[]}]}],"instructions":"i"})",
                Phase::Output) == Texts{"/output/0/content/0/text=a"});
    CHECK(
        prose(
            R"({"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"})",
            Phase::Output) == Texts{"/content/0/text=a"});
    CHECK(
        prose(
            R"({"candidates":[{"content":{"role":"model","parts":[{"text":"a"}]},"finishReason":"STOP"}]})",
            Phase::Output) == Texts{"/candidates/0/content/parts/0/text=a"});
  }

  TEST_CASE("a part of a type that is not known is prose, its keys are not shown") {
    CHECK(
        prose(
            R"({"messages":[{"role":"user","content":[{"type":"new","w0rds":{"m\u006fre":"x"}}]}]})") ==
        Texts{"/messages/0/content/0/*/*=x"});
  }

  TEST_CASE("a member that is there very often is looked at as often, not more") {
    std::string object = R"({"role":"user")";
    for (int i = 0; i < 50'000; ++i) object += R"(,"data":"a")";
    CHECK(prose(R"({"messages":[)" + object + "}]}").empty());
    CHECK(prose(R"({"messages":[)" + object + R"(,"type":"text"}]})").size() == 50'000);
  }

  TEST_CASE("media are none, wherever they stand") {
    const std::string blob(2000, 'A');
    CHECK(
        prose(
            R"({"messages":[{"role":"tool","content":"data:image/png;base64,AAAA"},{"role":"tool","content":")" +
            blob + R"("},{"role":"tool","content":""},{"content":")" + blob + R"( ."}]})")
            .size() == 1);
  }

  TEST_CASE("edits leave every other byte as it was") {
    const std::string body =
        "{ \"a\" : 1.50 ,\n\"messages\":[{\"content\": \"x\" } , {\"content\":\"y\"}]}";
    guard::BodyEdits edits(body);
    std::vector<std::string_view> raws;
    guard::visitProse(body, Phase::Input, {[&](std::string_view raw, const guard::Place&) {
                        raws.push_back(raw);
                        return true;
                      }});
    REQUIRE(raws.size() == 2);
    edits.replace(raws[1], "\"Y!\"");
    edits.replace(raws[0], "\"\"");
    CHECK(edits.apply() ==
          "{ \"a\" : 1.50 ,\n\"messages\":[{\"content\": \"\" } , {\"content\":\"Y!\"}]}");
  }
}
