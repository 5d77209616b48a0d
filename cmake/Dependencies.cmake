# Debian packages only; `make setup` installs them. The product links them statically, so that the
# binary needs nothing beside it but the C library.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
set(OPENSSL_USE_STATIC_LIBS ON)
find_package(OpenSSL 3.0 REQUIRED)
if(OPENSSL_VERSION VERSION_GREATER_EQUAL 3.2)  # Debian 13's is built with both
  find_library(ZSTD_STATIC NAMES libzstd.a REQUIRED)
  find_library(ZLIB_STATIC NAMES libz.a REQUIRED)
  set_property(TARGET OpenSSL::Crypto APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${ZSTD_STATIC} ${ZLIB_STATIC})
endif()
find_library(SQLITE3_STATIC NAMES libsqlite3.a REQUIRED)
find_path(SQLITE3_INCLUDE sqlite3.h REQUIRED)
find_path(RAPIDJSON_INCLUDE rapidjson/document.h REQUIRED)
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
find_library(YAML_CPP_STATIC NAMES libyaml-cpp.a REQUIRED)
find_path(YAML_CPP_INCLUDE yaml-cpp/parser.h REQUIRED)
# The program's allocator: requests are made of many small pieces on several threads, which glibc's
# takes a tenth more of the CPU for (tests/bench). Programs that embed the library keep their own, and
# sanitizers theirs.
find_library(JEMALLOC_STATIC NAMES libjemalloc_pic.a REQUIRED)

add_library(sqlite3_static INTERFACE)
target_link_libraries(sqlite3_static INTERFACE ${SQLITE3_STATIC} Threads::Threads ${CMAKE_DL_LIBS} m)
target_include_directories(sqlite3_static SYSTEM INTERFACE ${SQLITE3_INCLUDE})

# Abseil's civil time (IANA time zones): g++ 12 has none, and absl's CMake package names the shared
# libraries. RE2 stands alone in Debian 12 and on Abseil in Debian 13. pkg-config knows the sets.
find_package(PkgConfig REQUIRED)
function(penstock_static_package target package)
  pkg_check_modules(${package} REQUIRED ${package})
  add_library(${target} INTERFACE)
  foreach(name IN LISTS ${package}_LIBRARIES)
    if(name MATCHES "^(absl_.*|re2)$")
      find_library(${name}_STATIC NAMES lib${name}.a REQUIRED)
      target_link_libraries(${target} INTERFACE ${${name}_STATIC})
    endif()
  endforeach()
  target_link_libraries(${target} INTERFACE Threads::Threads)
endfunction()
penstock_static_package(absl_time_static absl_time)
penstock_static_package(re2_static re2)
