package io.millrace.sink.warehouse.bigquery;

import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Makes the vendor's client. */
final class Clients {
    private static final String STORAGE_HOST = "https://storage.googleapis.com";
    private static final String STORAGE_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

    private Clients() {}

    /** @throws ConnectException when there are no credentials, or those given are not a service account's key */
    static BigQuery open(BigQuerySettings settings) {
        BigQueryOptions.Builder options = BigQueryOptions.newBuilder()
                .setProjectId(settings.project())
                .setLocation(settings.location())
                .setCredentials(credentials(settings));
        if (!settings.endpoint().isEmpty()) {
            options.setHost(settings.endpoint());
        }
        return options.build().getService();
    }

    /** Where files are gathered; null where they are uploaded to the load job itself. */
    static @Nullable Bucket bucket(BigQuerySettings settings) {
        if (settings.stagingLocation().isEmpty()) {
            return null;
        }
        if (!settings.endpoint().isEmpty()) {
            return new Bucket(settings.stagingLocation(), settings.endpoint(), null);
        }
        Credentials credentials = credentials(settings);
        return new Bucket(
                settings.stagingLocation(),
                STORAGE_HOST,
                credentials instanceof GoogleCredentials google ? google.createScoped(STORAGE_SCOPE) : credentials);
    }

    private static Credentials credentials(BigQuerySettings settings) {
        String key = settings.credentials().value();
        try {
            if (!settings.endpoint().isEmpty()) {
                return NoCredentials.getInstance();
            }
            return key.isEmpty()
                    ? GoogleCredentials.getApplicationDefault()
                    : GoogleCredentials.fromStream(new ByteArrayInputStream(key.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            // Not the cause: parsers show what they could not read, and it is a secret.
            throw new ConnectException(
                    key.isEmpty()
                            ? BigQueryWarehouse.CREDENTIALS
                                    + " is empty and the worker has no application default credentials: "
                                    + e.getMessage()
                            : BigQueryWarehouse.CREDENTIALS + " is not the JSON key of a service account");
        }
    }
}
