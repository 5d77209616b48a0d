#include <sys/stat.h>

#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "storage/master_key.h"
#include "support/temp_dir.h"

using namespace penstock::storage;
using penstock::Secret;
using penstock::test::TempDir;

TEST_SUITE("storage/master_key") {
  TEST_CASE("a key is read from hex and from base64") {
    const std::string bytes(32, '\xfb');
    const std::string standard = "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=";
    const std::string url = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s";
    std::string hex_text;
    for (int i = 0; i < 32; ++i) hex_text += i % 2 == 0 ? "fb" : "FB";
    for (const std::string& text : {hex_text, " " + hex_text + "\n", standard, url}) {
      INFO(text);
      const auto key = parseMasterKey(text);
      REQUIRE(key);
      CHECK(key.value().reveal() == bytes);
    }
  }

  TEST_CASE("what is not 32 bytes is refused without being repeated") {
    for (const std::string& text :
         {std::string(), std::string("canary"), std::string(63, 'a'), std::string(64, 'g'),
          std::string(44, 'A'), std::string(43, '!'),
          std::string(42, 'A') + "==", std::string(128, 'a')}) {
      INFO(text);
      const auto key = parseMasterKey(text);
      REQUIRE_FALSE(key);
      CHECK(key.error().message.find("canary") == std::string::npos);
    }
  }

  TEST_CASE("a fresh store makes its own private key file and finds it again") {
    TempDir dir;
    const MasterKeySource source{{}, {}, dir / "master.key"};
    const auto made = loadMasterKey(source, IfMissing::Create);
    REQUIRE(made);
    struct stat info {};
    REQUIRE(::stat((dir / "master.key").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(loadMasterKey(source, IfMissing::Refuse).value() == made.value());
    ::chmod((dir / "master.key").c_str(), 0644);
    CHECK_FALSE(loadMasterKey(source, IfMissing::Refuse));
  }

  TEST_CASE("a store that lost its key file gets no second key") {
    TempDir dir;
    const auto key = loadMasterKey({{}, {}, dir / "master.key"}, IfMissing::Refuse);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == "master_key");
    CHECK_FALSE(std::filesystem::exists(dir / "master.key"));
  }

  TEST_CASE("a value beats a file, and a file beats the store's own") {
    TempDir dir;
    std::ofstream(dir / "given") << std::string(64, 'b') << '\n';
    MasterKeySource source{Secret(std::string(64, 'a')), dir / "given", dir / "master.key"};
    CHECK(loadMasterKey(source, IfMissing::Create).value().reveal() == std::string(32, '\xaa'));
    source.value.reset();
    CHECK(loadMasterKey(source, IfMissing::Create).value().reveal() == std::string(32, '\xbb'));
    CHECK_FALSE(std::filesystem::exists(dir / "master.key"));
    source.file = dir / "missing";
    CHECK_FALSE(loadMasterKey(source, IfMissing::Create));
  }
}
