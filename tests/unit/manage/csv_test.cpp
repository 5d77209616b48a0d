#include "manage/csv.h"

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("manage/csv") {
  TEST_CASE("what a spreadsheet would take for a formula gets an apostrophe") {
    struct Case {
      const char* cell;
      const char* written;
    };
    for (const Case& c :
         {Case{"=1+1", "'=1+1"}, Case{"+1", "'+1"}, Case{"-1", "'-1"},
          Case{"@SUM(A1)", "'@SUM(A1)"}, Case{"\t=1", "'\t=1"}, Case{"\r=1", "\"'\r=1\""},
          Case{"\n=1", "\"'\n=1\""}, Case{"＝1+1", "'＝1+1"}, Case{"＋1", "'＋1"},
          Case{"－1", "'－1"}, Case{"＠SUM(A1)", "'＠SUM(A1)"},
          Case{"=A1,\"B\"", "\"'=A1,\"\"B\"\"\""},
          // Others are as they are, also those whose first byte is that of a wide sign.
          Case{"", ""}, Case{"a=1", "a=1"}, Case{"a\nb", "\"a\nb\""}, Case{"ａ＝1", "ａ＝1"},
          Case{"'=1", "'=1"}}) {
      INFO(std::string(c.cell));
      std::string text;
      manage::CsvWriter(text).text(c.cell).endRow();
      CHECK(text == std::string(c.written) + "\r\n");
    }
  }

  TEST_CASE("numbers stay numbers") {
    std::string text;
    manage::CsvWriter(text).number(-5).raw("-0.25").endRow();
    CHECK(text == "-5,-0.25\r\n");
  }
}
