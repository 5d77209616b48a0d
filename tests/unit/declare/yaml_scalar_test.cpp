#include "declare/yaml_scalar.h"

#include <doctest/doctest.h>

using namespace penstock::declare;
using Kind = PlainScalar::Kind;

TEST_SUITE("declare/yaml_scalar") {
  TEST_CASE("plain scalars are resolved by the core schema of YAML 1.2") {
    struct Case {
      const char* text;
      Kind kind;
      const char* json;
    };
    for (const auto& c : {
             Case{"", Kind::Null, "null"},
             {"~", Kind::Null, "null"},
             {"Null", Kind::Null, "null"},
             {"nULL", Kind::String, ""},
             {"true", Kind::Bool, "true"},
             {"FALSE", Kind::Bool, "false"},
             {"yes", Kind::String, ""},
             {"off", Kind::String, ""},
             {"0", Kind::Int, "0"},
             {"-12", Kind::Int, "-12"},
             {"+12", Kind::Int, "12"},
             {"007", Kind::Int, "7"},
             {"0o17", Kind::Int, "15"},
             {"0x1F", Kind::Int, "31"},
             {"0x", Kind::String, ""},
             {"0o8", Kind::String, ""},
             {"0xffffffffffffffffff", Kind::String, ""},
             {"1.5", Kind::Float, "1.5"},
             {".5", Kind::Float, "0.5"},
             {"5.", Kind::Float, "5.0"},
             {"-1e+3", Kind::Float, "-1e+3"},
             {"1e", Kind::String, ""},
             {".", Kind::String, ""},
             {"-", Kind::String, ""},
             {"1.2.3", Kind::String, ""},
             {"1_000", Kind::String, ""},
             {"12:30", Kind::String, ""},
             {"-.INF", Kind::NotFinite, ""},
             {".nan", Kind::NotFinite, ""},
             {"2026-01-01", Kind::String, ""},
         }) {
      CAPTURE(c.text);
      const PlainScalar scalar = resolvePlain(c.text);
      CHECK(scalar.kind == c.kind);
      CHECK(scalar.json == c.json);
    }
  }

  TEST_CASE("only what nobody can misread stands unquoted") {
    for (const char* text : {"a", "gpt-4o", "support bot", "/v1/x", "team@example.com"}) {
      CHECK_MESSAGE(isSafePlain(text), text);
    }
    for (const char* text :
         {"",   "no", "Yes",  "y",   "OFF", "null", "true",  "1",         "-a", "@a",
          " a", "a ", "a: b", "a#b", "0x1", "~",    "12:30", "https://x", "é",  "a\nb"}) {
      CHECK_MESSAGE(!isSafePlain(text), text);
    }
  }
}
