package io.millrace.sink.warehouse.bigquery;

/**
 * A column as BigQuery describes it.
 *
 * @param type as in DDL, with its parameters
 */
record LiveColumn(String name, String type, boolean required) {}
