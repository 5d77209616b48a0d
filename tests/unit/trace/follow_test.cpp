#include "trace/follow.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using test::logRow;
using trace::Feed;
using trace::Followers;

namespace {

std::string timeOf(const model::RequestLog& row) { return std::to_string(row.created_at); }

std::vector<std::string> texts(const Feed::News& news) {
  std::vector<std::string> all;
  for (const Feed::Text& row : news.rows) all.push_back(*row);
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_SUITE("trace/follow") {
  TEST_CASE("a follower hears of what matches its filter, from when it came, in order") {
    Followers followers(timeOf, {});
    followers.tell(std::vector{logRow(1)});
    const auto all = followers.follow({}).value();
    const auto failed = followers.follow({.status = store::StatusClass::ServerError}).value();
    followers.tell(std::vector{logRow(2), logRow(3, 503), logRow(4)});
    CHECK(texts(all->take()) == Texts{"2", "3", "4"});
    CHECK(texts(failed->take()) == Texts{"3"});
    followers.tell(std::vector{logRow(5, 500)});
    CHECK(texts(all->take()) == Texts{"5"});
    CHECK(all->take().rows.empty());
  }

  TEST_CASE("a row is rendered once for all who want it, and never for nobody") {
    int rendered = 0;
    Followers followers(
        [&](const model::RequestLog& row) {
          ++rendered;
          return timeOf(row);
        },
        {});
    followers.tell(std::vector{logRow(1)});
    const auto one = followers.follow({}).value();
    const auto other = followers.follow({}).value();
    const auto nothing = followers.follow({.end_user = "nobody"}).value();
    followers.tell(std::vector{logRow(2)});
    CHECK(rendered == 1);
    CHECK(one->take().rows == other->take().rows);
    CHECK(nothing->take().rows.empty());
  }

  TEST_CASE("who falls behind is told how many it missed, and goes on") {
    Followers followers(timeOf, {.rows = 2});
    const auto feed = followers.follow({}).value();
    followers.tell(std::vector{logRow(1), logRow(2), logRow(3), logRow(4), logRow(5)});
    const Feed::News behind = feed->take();
    CHECK(texts(behind) == Texts{"1", "2"});
    CHECK(behind.dropped == 3);
    followers.tell(std::vector{logRow(6)});
    const Feed::News after = feed->take();
    CHECK(texts(after) == Texts{"6"});
    CHECK(after.dropped == 0);
  }

  TEST_CASE("a follower is woken once until it takes, and for what came before it listened") {
    Followers followers(timeOf, {});
    const auto feed = followers.follow({}).value();
    followers.tell(std::vector{logRow(1)});
    int woken = 0;
    feed->onNews([&] { ++woken; });
    CHECK(woken == 1);
    followers.tell(std::vector{logRow(2), logRow(3)});
    CHECK(woken == 1);
    feed->take();
    followers.tell(std::vector{logRow(4), logRow(5)});
    CHECK(woken == 2);
  }

  TEST_CASE("so many may follow at once, and who leaves makes room") {
    Followers followers(timeOf, {.followers = 2});
    auto first = followers.follow({}).value();
    const auto second = followers.follow({}).value();
    const auto refused = followers.follow({});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::RateLimited);
    CHECK(refused.error().code == "too_many_followers");
    CHECK(followers.count() == 2);
    first.reset();
    CHECK(followers.count() == 1);
    CHECK(followers.follow({}));
  }

  TEST_CASE("at the end every follower is told, after what it has not taken, and nobody may come") {
    Followers followers(timeOf, {});
    const auto feed = followers.follow({}).value();
    int woken = 0;
    feed->onNews([&] { ++woken; });
    followers.tell(std::vector{logRow(1)});
    feed->take();
    followers.tell(std::vector{logRow(2)});
    followers.close();
    CHECK(woken == 2);
    const Feed::News last = feed->take();
    CHECK(texts(last) == Texts{"2"});
    CHECK(last.closed);
    CHECK(feed->take().closed);
    const auto late = followers.follow({});
    REQUIRE_FALSE(late);
    CHECK(late.error().kind == ErrorKind::Overloaded);
  }

  TEST_CASE("followers come, read and leave while rows are told") {
    Followers followers(timeOf, {.followers = 4, .rows = 100});
    std::atomic<bool> over{false};
    std::jthread teller([&] {
      for (int i = 0; i < 5000; ++i) followers.tell(std::vector{logRow(i)});
      over = true;
    });
    std::vector<std::jthread> readers;
    std::atomic<int> disorder{0};
    for (int t = 0; t < 4; ++t) {
      readers.emplace_back([&] {
        while (!over) {
          const auto feed = followers.follow({});
          if (!feed) continue;
          feed.value()->onNews([] {});
          long last = -1;
          for (int i = 0; i < 20; ++i) {
            for (const std::string& text : texts(feed.value()->take())) {
              const long time = std::stol(text);
              if (time <= last) ++disorder;
              last = time;
            }
          }
        }
      });
    }
    readers.clear();
    teller.join();
    CHECK(disorder == 0);
    CHECK(followers.count() == 0);
  }
}
