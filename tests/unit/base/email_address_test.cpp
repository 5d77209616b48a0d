#include "base/email_address.h"

#include <doctest/doctest.h>

#include <string>

using penstock::isEmailAddress;

TEST_CASE("base/email_address: one plain address and nothing else") {
  for (const char* good : {"ann@example.com", "a+b.c_d@x", "ops@10.0.0.1"}) {
    CHECK(isEmailAddress(good));
  }
  for (const char* bad : {"", "@", "ann@", "@example.com", "ann", "a@b@c", "a b@c", "Ann <a@b>",
                          "a@b,c@d", "a@b\r\nx", "\"a\"@b", "a@[::1]", "\xC3\xA4@b", "a@b\x7F"}) {
    CHECK_FALSE(isEmailAddress(bad));
  }
  CHECK_FALSE(isEmailAddress(std::string(250, 'a') + "@b.cd"));
}
