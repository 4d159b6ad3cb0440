package io.millrace.benchmarks;

import java.util.List;

/** A job that several contenders do in turn. Closing it takes away what it left on the servers. */
interface Scenario extends AutoCloseable {
    String name();

    Table table();

    /** The first is what the others are compared with. The list may be changed. */
    List<Contender> contenders();

    /** Makes what all runs start from. */
    void prepare() throws Exception;

    /** Does the job once, and cleans up also when it fails. */
    Measurement run(Contender contender) throws Exception;

    @Override
    void close();
}
