/**
 * Kafka Streams counting events per type and second, as its manual does: map to a key, group, aggregate. Of a batch only the tally is
 * read, as Plummet does; other records are one JSON event each. Prints events a CPU-second, from the first record to the last count.
 */
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;

public class CountEvents {
  private static final JsonFactory JSON = new JsonFactory();
  private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final AtomicLong startedAt = new AtomicLong();
  private static final AtomicLong counted = new AtomicLong();

  public static void main(String[] args) throws Exception {
    String topic = args[1];
    long expected = Long.parseLong(args[2]);
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "bench-" + topic + "-" + System.nanoTime());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args[3]);
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(topic, Consumed.with(Serdes.String(), Serdes.String()))
        .flatMap((key, value) -> countsOf(value))
        .groupByKey(Grouped.with(Serdes.String(), Serdes.Long()))
        .aggregate(() -> 0L, (key, n, sum) -> added(n, sum, expected), Materialized.with(Serdes.String(), Serdes.Long()));
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    streams.start();
    Thread.sleep(Long.MAX_VALUE);
  }

  private static Long added(long n, long sum, long expected) {
    long all = counted.addAndGet(n);
    if (all >= expected) {
      double seconds = (SYSTEM.getProcessCpuTime() - startedAt.get()) / 1e9;
      System.out.println(all / seconds);
      System.out.flush();
      Runtime.getRuntime().halt(0);
    }
    return sum + n;
  }

  private static List<KeyValue<String, Long>> countsOf(String value) {
    startedAt.compareAndSet(0, SYSTEM.getProcessCpuTime());
    List<KeyValue<String, Long>> counts = new ArrayList<>();
    try (JsonParser json = JSON.createParser(value)) {
      if (json.nextToken() != JsonToken.START_OBJECT) return counts;
      long t0 = 0;
      String type = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "t0" -> t0 = json.getLongValue();
          case "type" -> type = json.getText();
          case "time" -> {
            counts.add(KeyValue.pair(type + " " + json.getLongValue() / 1000, 1L));
            return counts;
          }
          case "tally" -> {
            tally(json, t0 / 1000, counts);
            return counts;
          }
          default -> json.skipChildren();
        }
      }
    } catch (java.io.IOException error) {
      return counts;
    }
    return counts;
  }

  /** {"order.placed":[[0,311],[1,89]]}, offsets in seconds. */
  private static void tally(JsonParser json, long second, List<KeyValue<String, Long>> counts) throws java.io.IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String type = json.currentName();
      json.nextToken();
      while (json.nextToken() == JsonToken.START_ARRAY) {
        json.nextToken();
        long offset = json.getLongValue();
        json.nextToken();
        counts.add(KeyValue.pair(type + " " + (second + offset), json.getLongValue()));
        json.nextToken();
      }
    }
  }
}
