package io.millrace.sink.warehouse.snowflake;

/**
 * A column as Snowflake describes it.
 *
 * @param type as in DDL, without the length of a text or binary of default length
 */
record LiveColumn(String name, String type, boolean required) {}
