package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.Relation;
import io.millrace.quickstart.proof.Comparison;
import io.millrace.quickstart.proof.DuckDbProof;
import io.millrace.testing.bigquery.BigQueryStandIn;
import java.sql.Connection;
import java.sql.SQLException;

/** A stand-in for BigQuery in this process and in memory, whose DuckDB the proof asks directly. */
record BigQueryTarget(BigQueryStandIn standIn) implements Target {
    static BigQueryTarget start() {
        return new BigQueryTarget(BigQueryStandIn.start());
    }

    @Override
    public String file() {
        return "bigquery-sink.json";
    }

    @Override
    public Example sink() {
        return Example.read(file())
                .with("bigquery.endpoint", standIn.endpoint())
                .with("bigquery.credentials.json", "")
                // So that the last changes are soon there.
                .with("bigquery.merge.interval.ms", "1000");
    }

    @Override
    public Comparison comparison(DatabaseAddress source) {
        return new DuckDbProof(source, new DuckDbProof.Engine() {
            @Override
            public Connection open() throws SQLException {
                return standIn.connect();
            }

            @Override
            public String table(Relation table) {
                return standIn.table(table.schema(), table.table());
            }

            @Override
            public boolean hasLists() {
                return false;
            }
        });
    }

    @Override
    public String look() {
        return "curl " + standIn.endpoint()
                + "/bigquery/v2/projects/my-project/queries -d '{\"query\": \"SELECT * FROM `my-project`.`public`.`orders` LIMIT 3\"}'  ("
                + standIn.requests() + " requests so far)";
    }

    @Override
    public void close() {
        standIn.close();
    }
}
