#include <doctest/doctest.h>

#include <string>

#include "http/client.h"

using namespace penstock::http;

TEST_SUITE("http/base_url") {
  TEST_CASE("good URLs are taken apart") {
    struct Row {
      const char* url;
      Origin::Scheme scheme;
      const char* host;
      uint16_t port;
      const char* host_header;
      const char* path;
    };
    const auto https = Origin::Scheme::Https;
    const auto http = Origin::Scheme::Http;
    for (const Row& row : {
             Row{"https://api.openai.com/v1", https, "api.openai.com", 443, "api.openai.com",
                 "/v1"},
             Row{"https://api.openai.com", https, "api.openai.com", 443, "api.openai.com", ""},
             Row{"https://API.Example.COM/V1//", https, "api.example.com", 443, "api.example.com",
                 "/V1"},
             Row{"http://localhost:11434/", http, "localhost", 11434, "localhost:11434", ""},
             Row{"http://127.0.0.1:8000/v1", http, "127.0.0.1", 8000, "127.0.0.1:8000", "/v1"},
             Row{"http://[::1]:8000/v1", http, "::1", 8000, "[::1]:8000", "/v1"},
             Row{"https://[2001:DB8::1]", https, "2001:db8::1", 443, "[2001:db8::1]", ""},
             Row{"http://ollama_box/a%20b", http, "ollama_box", 80, "ollama_box", "/a%20b"},
             Row{"https://x-9.example.com/deployments/gpt-4o", https, "x-9.example.com", 443,
                 "x-9.example.com", "/deployments/gpt-4o"},
         }) {
      INFO(row.url);
      const auto parsed = parseBaseUrl(row.url);
      REQUIRE(parsed);
      CHECK(parsed->origin.scheme == row.scheme);
      CHECK(parsed->origin.host == row.host);
      CHECK(parsed->origin.port == row.port);
      CHECK(parsed->origin.host_header == row.host_header);
      CHECK(parsed->path == row.path);
      CHECK(!parsed->origin.allow_private);
    }
  }

  TEST_CASE("whatever two parsers could read differently is refused") {
    for (const std::string url : {"",
                                  "api.openai.com",
                                  "ftp://h",
                                  "HTTPS://h",
                                  "https:/h",
                                  "https:h",
                                  "https://",
                                  "https:///v1",
                                  "//h/v1",
                                  "https://user@h",
                                  "https://user:pw@h/",
                                  "https://h@evil/",
                                  "https://h#f",
                                  "https://h/#f",
                                  "https://h?q",
                                  "https://h/v1?q=1",
                                  "https://h:",
                                  "https://h:0",
                                  "https://h:65536",
                                  "https://h:99999999999999999999",
                                  "https://h:+80",
                                  "https://h:80x",
                                  "https://h:80:90",
                                  "https://h :80",
                                  "https://h\\evil",
                                  "https://h/a\\b",
                                  "https://h/../x",
                                  "https://h/a/..",
                                  "https://h/a b",
                                  "https://h/\r\nX: y",
                                  "https://h\r\n",
                                  "https://h\t/",
                                  "http://127.1",
                                  "http://0x7f.1",
                                  "http://0x7f.0xa",
                                  "http://0x7f000001",
                                  "http://2130706433",
                                  "http://0177.0.0.1",
                                  "http://127.0.0.1.",
                                  "http://1.2.3.256",
                                  "http://.",
                                  "http://a..b",
                                  "http://.a",
                                  "http://a.",
                                  "http://[::1",
                                  "http://::1",
                                  "http://[::1]8080",
                                  "http://[::1]x:80",
                                  "http://[127.0.0.1]",
                                  "http://[::1%25lo]",
                                  "http://[]",
                                  "https://ex\xc3\xa4mple.com",
                                  "https://h/\xc3\xa4",
                                  "https://%6c",
                                  "https://a,b",
                                  "https://h/\x7f",
                                  " https://h",
                                  "https://h/ "}) {
      INFO(url);
      CHECK(!parseBaseUrl(url));
    }
    CHECK(!parseBaseUrl(std::string("https://h\0.evil", 15)));
    CHECK(!parseBaseUrl("https://" + std::string(254, 'a')));
  }
}
