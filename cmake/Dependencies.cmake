# Debian packages only; `make setup` installs them. The product links them statically, so that the
# binary needs nothing beside it but the C library.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
set(OPENSSL_USE_STATIC_LIBS ON)
find_package(OpenSSL 3.0 REQUIRED)
find_library(SQLITE3_STATIC NAMES libsqlite3.a REQUIRED)
find_path(SQLITE3_INCLUDE sqlite3.h REQUIRED)
find_path(RAPIDJSON_INCLUDE rapidjson/document.h REQUIRED)
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)

add_library(sqlite3_static INTERFACE)
target_link_libraries(sqlite3_static INTERFACE ${SQLITE3_STATIC} Threads::Threads ${CMAKE_DL_LIBS} m)
target_include_directories(sqlite3_static SYSTEM INTERFACE ${SQLITE3_INCLUDE})
