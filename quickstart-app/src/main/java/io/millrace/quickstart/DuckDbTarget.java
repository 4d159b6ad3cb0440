package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.proof.Comparison;
import io.millrace.quickstart.proof.DuckDbProof;
import java.nio.file.Path;

/** A DuckDB file, which the sink makes and which stays. */
record DuckDbTarget(Path path) implements Target {
    @Override
    public String file() {
        return "duckdb-sink.json";
    }

    @Override
    public Example sink() {
        return Example.read(file()).with("duckdb.database", path.toString());
    }

    @Override
    public Comparison comparison(DatabaseAddress source) {
        return DuckDbProof.ofFile(source, path);
    }

    @Override
    public String look() {
        return "duckdb " + path;
    }

    @Override
    public void close() {
        // Nothing was started.
    }
}
