# frozen_string_literal: true

# Sends records to a Tutor Workbench. One file, only Ruby's standard library, Ruby 2.7 or newer.
#
#   client = TutorWorkbench::Client.new(url: "https://ingest.example", secret: "whsec_...")
#   client.post_sessions([{ session_id: "s-1", tutor_id: "t-1", ... }]).rejected
#
# Whatever is not in `rejected` is on the workbench's disk; to send the same again is always safe.

require "date"
require "json"
require "net/http"
require "openssl"
require "securerandom"
require "time"
require "uri"
require "zlib"

module TutorWorkbench
  # What went wrong with a request as a whole. The message never holds what was sent.
  class Error < StandardError
    attr_reader :status, :title, :detail, :request_id, :retry_after

    def initialize(title, detail = nil, status: nil, request_id: nil, retry_after: nil)
      @title = title
      @detail = detail
      @status = status
      @request_id = request_id
      @retry_after = retry_after
      said = [[status, title].compact.join(" "), detail].compact.join(": ")
      super(request_id ? "#{said} (request #{request_id})" : said)
    end
  end

  # 401 or 403: the token or the secret is not good for this. Nothing was stored.
  class Unauthorized < Error; end

  # Another answer that a retry does not change. Nothing was stored.
  class Refused < Error; end

  # No usable answer at the last try either. What became of the records is unknown: send them again.
  class Unavailable < Error; end

  # What became of the records. Each of `rejected` is
  # { index:, id:, errors: [{ pointer:, code:, detail: }] }; index counts in what was posted.
  Result = Struct.new(:accepted, :duplicates, :rejected, :request_ids) do
    def +(other)
      moved = other.rejected.map { |row| row.merge(index: row[:index] + size) }
      self.class.new(accepted + other.accepted, duplicates + other.duplicates,
                     rejected + moved, request_ids + other.request_ids)
    end

    def size
      accepted + duplicates + rejected.size
    end

    def request_id
      request_ids.last
    end
  end

  # Returns the record as one line of JSON, times in RFC 3339 with their offset.
  def self.line(record)
    # within JSON's texts a raw line break is not allowed, and between them it means nothing
    return record.tr("\r\n", "  ") if record.is_a?(String)

    JSON.generate(plain(record))
  end

  def self.plain(value)
    case value
    when Hash then value.to_h { |name, inner| [name.to_s, plain(inner)] }
    when Array then value.map { |inner| plain(inner) }
    when Time, DateTime then value.iso8601(3)
    when Date then value.iso8601
    else value
    end
  end
  private_class_method :plain

  # Posts records; retries what a retry can mend. Holds no state, so threads may share one.
  class Client
    MOST_RECORDS = 1_000
    MOST_BYTES = 4 * 1024 * 1024 # the workbench takes 8 MB, counted before and after gunzip
    GZIP_FROM_BYTES = 8 * 1024
    RETRIED = [408, 429, 500, 502, 503, 504, 507].freeze
    ID_OF = { "sessions" => "session_id", "tutors" => "tutor_id", "flag-actions" => "action_id" }.freeze
    NETWORK_ERRORS = [SystemCallError, SocketError, IOError, Timeout::Error, OpenSSL::SSL::SSLError,
                      Net::ProtocolError, Net::HTTPBadResponse, Net::HTTPHeaderSyntaxError,
                      Zlib::Error].freeze

    # `token` is text or something to call for it; `secret` is "whsec_...". Times are seconds.
    # `clock`, `sleeper` and `random` are there for tests.
    def initialize(url:, token: nil, secret: nil, tries: 5, first_wait: 0.5, longest_wait: 30,
                   open_timeout: 5, read_timeout: 30, write_timeout: 30,
                   clock: -> { Time.now }, sleeper: ->(seconds) { sleep(seconds) },
                   random: -> { rand })
      if url.to_s.empty? || [token, secret].compact.size != 1
        raise ArgumentError, "give url:, and either token: or secret:"
      end

      @url = URI(url.to_s.chomp("/"))
      @token = token
      @key = secret && secret.delete_prefix("whsec_").unpack1("m0")
      @tries, @first_wait, @longest_wait = tries, first_wait, longest_wait
      @timeouts = { open_timeout: open_timeout, read_timeout: read_timeout,
                    write_timeout: write_timeout }
      @clock, @sleeper, @random = clock, sleeper, random
    end

    def post_sessions(records, **options)
      post("sessions", records, **options)
    end

    def post_tutors(records, **options)
      post("tutors", records, **options)
    end

    def post_flag_actions(records, **options)
      post("flag-actions", records, **options)
    end

    # Returns a Result for one record (a Hash, or its JSON as a String) or an Array of them.
    # Raises Unauthorized, Refused or Unavailable; slices that went before the error are stored.
    def post(kind, records, backfill: false)
      path = "#{@url.path}/v1/#{kind}#{'?backfill=true' if backfill}"
      return post_slice(kind, path, TutorWorkbench.line(records)) unless records.is_a?(Array)

      slices(records.map { |record| TutorWorkbench.line(record) })
        .reduce(Result.new(0, 0, [], [])) do |sum, lines|
          sum + post_slice(kind, path, lines.join("\n"), "application/x-ndjson")
        end
    end

    # An error message of Ruby's may show an object; this one must not show its secrets.
    def inspect
      "#<#{self.class} #{@url.host}>"
    end

    private

    # Also cut by size: a transcript can be larger than a thousand records without one.
    def slices(lines)
      bytes = 0
      lines.each_with_object([]) do |line, cut|
        bytes += line.bytesize + 1
        if cut.empty? || cut.last.size == MOST_RECORDS || bytes > MOST_BYTES
          cut << []
          bytes = line.bytesize + 1
        end
        cut.last << line
      end
    end

    def post_slice(kind, path, body, type = "application/json")
      id = SecureRandom.uuid
      headers = { "Content-Type" => type, "Accept" => "application/json",
                  "Idempotency-Key" => id, "X-Request-Id" => SecureRandom.hex(12) }
      if body.bytesize >= GZIP_FROM_BYTES
        body = Zlib.gzip(body)
        headers["Content-Encoding"] = "gzip"
      end
      with_retries { read(kind, exchange(path, body, headers.merge(credentials(id, body)))) }
    end

    def with_retries
      tried = 0
      begin
        tried += 1
        yield
      rescue Unavailable => error
        wait = [jitter(tried), error.retry_after || 0].max
        # who is asked to wait for long should not hold a thread meanwhile: the caller decides
        raise if tried >= @tries || wait > @longest_wait

        @sleeper.call(wait)
        retry
      end
    end

    # Full jitter: anything from nothing to the doubled time, so that senders do not come in step.
    def jitter(tried)
      @random.call * [@first_wait * 2**(tried - 1), @longest_wait].min
    end

    def credentials(id, body)
      return { "Authorization" => "Bearer #{token}" } unless @key

      time = @clock.call.to_i.to_s
      mac = OpenSSL::HMAC.digest("SHA256", @key, "#{id}.#{time}.".b + body.b)
      { "webhook-id" => id, "webhook-timestamp" => time,
        "webhook-signature" => "v1,#{[mac].pack('m0')}" }
    end

    def token
      (@token.respond_to?(:call) ? @token.call : @token).to_s.strip
    end

    def exchange(path, body, headers)
      http = Net::HTTP.new(@url.host, @url.port)
      http.use_ssl = @url.scheme == "https"
      http.max_retries = 0 # all retries are ours
      @timeouts.each { |name, seconds| http.public_send("#{name}=", seconds) }
      http.start { http.post(path, body, headers) }
    rescue *NETWORK_ERRORS => error
      raise Unavailable, "No answer from #{@url.host} (#{error.class})"
    end

    def read(kind, response)
      status = response.code.to_i
      content = parse(response.body)
      return result(kind, content) if told?(status, content)
      raise error_class(status), "#{status} is not an answer of the workbench" if status < 400

      raise error_class(status).new(
        content["title"] || "No explanation", content["detail"],
        status: status, request_id: content["request_id"] || response["X-Request-Id"],
        retry_after: Integer(response["Retry-After"] || "", 10, exception: false)
      )
    end

    # 409 and 422 tell of every row as 202 does, unless it is the request itself that is refused.
    def told?(status, content)
      [200, 202, 409, 422].include?(status) &&
        content["accepted"].is_a?(Integer) && content["rejected"].is_a?(Array)
    end

    def error_class(status)
      return Unauthorized if [401, 403].include?(status)

      RETRIED.include?(status) || (200..299).cover?(status) ? Unavailable : Refused
    end

    def parse(body)
      content = JSON.parse(body.to_s)
      content.is_a?(Hash) ? content : {}
    rescue JSON::ParserError
      {}
    end

    def result(kind, content)
      rejected = content["rejected"].map do |row|
        errors = row["errors"].map { |error| error.transform_keys(&:to_sym) }
        { index: row["index"], id: row[ID_OF.fetch(kind)], errors: errors }
      end
      Result.new(content["accepted"], content["duplicates"], rejected, [content["request_id"]])
    end
  end
end
