package io.millrace.sink.warehouse.bigquery;

import com.google.api.gax.paging.Page;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryError;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.FieldValueList;
import com.google.cloud.bigquery.FormatOptions;
import com.google.cloud.bigquery.Job;
import com.google.cloud.bigquery.JobConfiguration;
import com.google.cloud.bigquery.JobId;
import com.google.cloud.bigquery.JobInfo;
import com.google.cloud.bigquery.JobStatus;
import com.google.cloud.bigquery.LoadJobConfiguration;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.TableDataWriteChannel;
import com.google.cloud.bigquery.TableId;
import com.google.cloud.bigquery.WriteChannelConfiguration;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs and waits for them. Every job has an id that is chosen here, so that a request whose answer was lost is
 * repeated without running the job twice; a job that has failed for a reason that passes runs again under the next id.
 * Safe for several threads.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/running-jobs#generate-jobid">Generating a job ID</a>
 */
final class Jobs {
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    private static final long LONGEST_LOOK_MILLIS = 2_000;
    /** Bytes of an upload that are sent at once. */
    static final int CHUNK = 4 << 20;

    private final BigQuery client;
    private final BigQuerySettings settings;
    private final String owner = "millrace_" + UUID.randomUUID().toString().replace("-", "");
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean closed;

    Jobs(BigQuery client, BigQuerySettings settings) {
        this.client = client;
        this.settings = settings;
    }

    BigQuery client() {
        return client;
    }

    /** Names that no other task and no other job has. */
    String freshName() {
        return owner + "_" + numbers.incrementAndGet();
    }

    /** Whatever waits ends soon, and nothing new begins. */
    void close() {
        closed = true;
    }

    /** Runs a statement or a script whose rows are of no interest; it is such that it may run again after it has failed. */
    JobId run(String sql) throws JobException {
        QueryJobConfiguration query =
                QueryJobConfiguration.newBuilder(sql).setUseLegacySql(false).build();
        return repeated(freshName(), id -> done(submit(query, id)));
    }

    /** The rows of a query. */
    List<FieldValueList> rows(String sql) throws JobException {
        return repeated(freshName(), id -> {
            try {
                List<FieldValueList> rows = new ArrayList<>();
                client.query(QueryJobConfiguration.newBuilder(sql)
                                .setUseLegacySql(false)
                                .build())
                        .iterateAll()
                        .forEach(rows::add);
                return rows;
            } catch (InterruptedException e) {
                throw stopped(e);
            }
        });
    }

    /** Writes the content of a file, as often as it is asked to. */
    interface Content {
        void write(OutputStream out) throws IOException;
    }

    /** Loads an Avro file into a table that is made for it, or into what is left of an attempt before. */
    void load(TableId table, Content content) throws JobException {
        WriteChannelConfiguration load = WriteChannelConfiguration.newBuilder(table)
                .setFormatOptions(FormatOptions.avro())
                .setCreateDisposition(JobInfo.CreateDisposition.CREATE_IF_NEEDED)
                .setWriteDisposition(JobInfo.WriteDisposition.WRITE_TRUNCATE)
                .build();
        repeated(table.getTable(), id -> {
            try {
                TableDataWriteChannel channel = client.writer(id, load);
                channel.setChunkSize(CHUNK);
                OutputStream out = Channels.newOutputStream(channel);
                content.write(out);
                // Closing ends the upload and begins the job: not to be done when the content has broken off.
                out.close();
                return done(channel.getJob());
            } catch (BigQueryException e) {
                if (e.getCode() == 409) {
                    return done(client.getJob(id));
                }
                throw e;
            } catch (IOException e) {
                throw new ConnectException("Rows cannot be written to a load job: " + e.getMessage(), e);
            }
        });
    }

    /** The same from a file in a bucket, which is left there; each attempt writes one of its own. */
    void load(TableId table, Bucket bucket, Supplier<String> file, Content content) throws JobException {
        repeated(table.getTable(), id -> {
            String name = file.get();
            bucket.write(name, content);
            LoadJobConfiguration load = LoadJobConfiguration.newBuilder(table, bucket.uri(name))
                    .setFormatOptions(FormatOptions.avro())
                    .setCreateDisposition(JobInfo.CreateDisposition.CREATE_IF_NEEDED)
                    .setWriteDisposition(JobInfo.WriteDisposition.WRITE_TRUNCATE)
                    .build();
            return done(submit(load, id));
        });
    }

    /** What the statements of a script have done. */
    Statistics statistics(JobId script) throws JobException {
        try {
            Page<Job> children = client.listJobs(BigQuery.JobListOption.parentJobId(script.getJob()));
            Statistics sum = Statistics.NONE;
            for (Job child : children.iterateAll()) {
                sum = sum.and(child);
            }
            return sum;
        } catch (BigQueryException e) {
            throw JobException.of(e);
        }
    }

    private interface Attempt<T> {
        T run(JobId id) throws JobException;
    }

    private <T> T repeated(String name, Attempt<T> attempt) throws JobException {
        int failed = 0;
        for (int tried = 1; ; tried++) {
            if (closed) {
                throw stopped(null);
            }
            JobId id = JobId.newBuilder()
                    .setProject(settings.project())
                    .setLocation(settings.location())
                    .setJob(name + "_" + failed)
                    .build();
            JobException error;
            try {
                return attempt.run(id);
            } catch (JobException e) {
                error = e;
            } catch (BigQueryException e) {
                error = JobException.of(e);
            } catch (com.google.cloud.bigquery.JobException e) {
                error = JobException.of(e);
            }
            if (closed || tried > settings.retries() || !BigQueryErrors.isTransient(error)) {
                throw error;
            }
            failed += error.isOfJob() ? 1 : 0;
            long longest = Math.min(LONGEST_PAUSE_MILLIS, settings.backoffMillis() << Math.min(tried - 1, 20));
            pause(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
        }
    }

    private Job submit(JobConfiguration configuration, JobId id) {
        try {
            return client.create(JobInfo.newBuilder(configuration).setJobId(id).build());
        } catch (BigQueryException e) {
            if (e.getCode() == 409) {
                return client.getJob(id);
            }
            throw e;
        }
    }

    private JobId done(@Nullable Job submitted) throws JobException {
        Job job = submitted;
        for (long pause = 50; ; pause = Math.min(LONGEST_LOOK_MILLIS, pause * 2)) {
            if (job == null) {
                throw new ConnectException("A job is gone that BigQuery has accepted");
            }
            JobStatus status = job.getStatus();
            if (status != null && status.getState() == JobStatus.State.DONE) {
                BigQueryError error = status.getError();
                if (error != null) {
                    throw JobException.of(error);
                }
                return job.getJobId();
            }
            pause(pause);
            job = client.getJob(job.getJobId());
        }
    }

    private void pause(long millis) {
        if (closed) {
            throw stopped(null);
        }
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw stopped(e);
        }
    }

    /** The task is to end. */
    static ConnectException stopped(@Nullable Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new ConnectException("Stopped while BigQuery was at work", e);
    }
}
