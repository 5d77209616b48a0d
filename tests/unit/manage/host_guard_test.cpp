#include "manage/host_guard.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;

namespace {

bool refused(const std::string& host) {
  http::Request request;
  request.headers.add("Host", host);
  return manage::refuseHost(request, {"gateway.internal"}).has_value();
}

}  // namespace

TEST_SUITE("manage/host_guard") {
  TEST_CASE("addresses, localhost and the names that were allowed are served") {
    for (const char* host :
         {"127.0.0.1:5100", "127.0.0.1", "10.1.2.3:80", "[::1]:5100", "[2001:db8::1]", "localhost",
          "LOCALHOST:5100", "api.localhost", "localhost.", "gateway.internal:5100",
          "Gateway.Internal"}) {
      INFO(host);
      CHECK_FALSE(refused(host));
    }
    CHECK_FALSE(manage::refuseHost(http::Request(), {}));
  }

  TEST_CASE("any other name is refused") {
    for (const char* host : {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example",
                             "notlocalhost", "x.gateway.internal", "[evil]", "0x7f.1", "::1x"}) {
      INFO(host);
      CHECK(refused(host));
    }
  }
}
