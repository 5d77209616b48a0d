file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schema/[0-9]*.sql)
file(GLOB log_migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schema/log/[0-9]*.sql)
penstock_embed(penstock_store schema_files ${migrations})
penstock_embed(penstock_store log_schema_files ${log_migrations})
