package io.millrace.sink.warehouse.bigquery;

import com.google.auth.Credentials;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files in a bucket of Cloud Storage, from which load jobs read them. Safe for several threads.
 *
 * @see <a href="https://cloud.google.com/storage/docs/performing-resumable-uploads">Resumable uploads</a>
 */
final class Bucket {
    private static final Pattern LOCATION = Pattern.compile("gs://([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:/(.*?))?/?");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int HIGHEST_GOOD = 299;
    private static final int RESUME = 308;
    private static final int GONE = 404;

    private final HttpClient http = HttpClient.newHttpClient();
    private final @Nullable Credentials credentials;
    private final String host;
    private final String name;
    private final String folder;

    /**
     * @param location {@code gs://bucket} or {@code gs://bucket/folder}
     * @param credentials null for an emulator, which is asked without
     */
    Bucket(String location, String host, @Nullable Credentials credentials) {
        Matcher matcher = matcher(location);
        this.host = host;
        this.credentials = credentials;
        name = matcher.group(1);
        folder = matcher.group(2) == null || matcher.group(2).isEmpty() ? "" : matcher.group(2) + "/";
    }

    private static Matcher matcher(String location) {
        Matcher matcher = LOCATION.matcher(location);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not of the form gs://bucket/folder");
        }
        return matcher;
    }

    /** @throws IllegalArgumentException for what is no location */
    static void check(String location) {
        matcher(location);
    }

    /** What a load job is told. */
    String uri(String file) {
        return "gs://" + name + "/" + folder + file;
    }

    /** Writes a file; one of the same name is replaced. */
    void write(String file, Jobs.Content content) throws JobException {
        URI begin = URI.create(host + "/upload/storage/v1/b/" + name + "/o?uploadType=resumable&name=" + encoded(file));
        try {
            HttpResponse<String> begun =
                    send(begin, "POST", BodyPublishers.noBody(), "X-Upload-Content-Type", "avro/binary");
            URI session = URI.create(begun.headers()
                    .firstValue("Location")
                    .orElseThrow(() -> new Refused(0, "Cloud Storage gives no address to upload to")));
            try (Pieces out = new Pieces(session)) {
                content.write(out);
                out.finish();
            }
        } catch (Refused e) {
            throw JobException.of(e.code, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw JobException.of(0, "No answer from Cloud Storage: " + e, e);
        }
    }

    /** Without effect where there is no such file. */
    void delete(String file) throws JobException {
        try {
            send(URI.create(host + "/storage/v1/b/" + name + "/o/" + encoded(file)), "DELETE", BodyPublishers.noBody());
        } catch (Refused e) {
            if (e.code != GONE) {
                throw JobException.of(e.code, String.valueOf(e.getMessage()), e);
            }
        } catch (IOException e) {
            throw JobException.of(0, "No answer from Cloud Storage: " + e, e);
        }
    }

    private String encoded(String file) {
        return URLEncoder.encode(folder + file, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpResponse<String> send(URI to, String method, BodyPublisher body, String... headers) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(to).timeout(PATIENCE).method(method, body);
        if (credentials != null) {
            credentials
                    .getRequestMetadata(to)
                    .forEach((header, values) -> values.forEach(value -> request.header(header, value)));
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> answer;
        try {
            answer = http.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw Jobs.stopped(e);
        }
        int status = answer.statusCode();
        if (status > HIGHEST_GOOD && status != RESUME) {
            throw new Refused(status, "Cloud Storage answers " + status + " for bucket " + name);
        }
        return answer;
    }

    /** An answer that says no. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final int code;

        Refused(int code, String message) {
            super(message);
            this.code = code;
        }
    }

    /** Sends what is written in pieces, of which only the last tells how long all is. */
    private final class Pieces extends OutputStream {
        private final URI session;
        private final byte[] piece = new byte[Jobs.CHUNK];
        private int filled;
        private long sent;

        Pieces(URI session) {
            this.session = session;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int at = offset;
            while (at < offset + length) {
                if (filled == piece.length) {
                    put("*");
                }
                int count = Math.min(piece.length - filled, offset + length - at);
                System.arraycopy(bytes, at, piece, filled, count);
                filled += count;
                at += count;
            }
        }

        /** Ends the file, which has to have something in it; without this there is none. */
        void finish() throws IOException {
            put(String.valueOf(sent + filled));
        }

        private void put(String total) throws IOException {
            String range = "bytes " + sent + "-" + (sent + filled - 1) + "/" + total;
            HttpResponse<String> answer =
                    send(session, "PUT", BodyPublishers.ofByteArray(piece, 0, filled), "Content-Range", range);
            boolean more = total.equals("*");
            if (more != (answer.statusCode() == RESUME)) {
                throw new Refused(answer.statusCode(), "Cloud Storage answers out of turn for bucket " + name);
            }
            if (more && !answer.headers().firstValue("Range").orElse("").endsWith("-" + (sent + filled - 1))) {
                // It may keep less than it was sent: all of it is sent anew.
                throw new Refused(0, "Cloud Storage has not taken a whole piece");
            }
            sent += filled;
            filled = 0;
        }
    }
}
