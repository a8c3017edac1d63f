# The Unicode tables of the text room: made from ICU's data when the project is built, so ICU is no dependency of what
# is installed.
pkg_check_modules(ICU REQUIRED icu-i18n icu-uc)
add_executable(confusables ${CMAKE_SOURCE_DIR}/tools/confusables.c)
target_compile_options(confusables PRIVATE -fno-sanitize=all)
target_link_libraries(confusables ${ICU_LIBRARIES})
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/generated/text_tables.c
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated
  COMMAND confusables > ${CMAKE_BINARY_DIR}/generated/text_tables.c
  DEPENDS confusables VERBATIM)
target_sources(bawn_text PRIVATE ${CMAKE_BINARY_DIR}/generated/text_tables.c)
