# frozen_string_literal: true

module TutorWorkbench
  # One version of one record, owed to the workbench until it is delivered or rejected.
  # Keep the newest row of each record (`prune` does): the next version is counted from it.
  class OutboxEntry < ApplicationRecord
    self.table_name = "tutor_workbench_outbox"
    self.filter_attributes += [:payload]

    # not "now": the clock of the machine that delivers may be behind
    AT_ONCE = Time.at(0).utc

    scope :waiting, -> { where.not(next_try_at: nil) }
    scope :rejected, -> { where.not(rejected_at: nil) }
    scope :due, ->(now) { where("next_try_at <= ?", now) }

    after_create_commit :deliver_soon, unless: :backfill

    class << self
      # Writes the next version of a record. A backfill writes only what has no version yet.
      def write(kind, record, backfill: false)
        fields = record.transform_keys(&:to_s)
        record_id = fields.fetch(Client::ID_OF.fetch(kind)).to_s
        version = next_version(kind, record_id)
        return if backfill && version > 1

        without_sql_log do
          create!(kind: kind, record_id: record_id, version: version, backfill: backfill,
                  payload: TutorWorkbench.line(fields.merge("version" => version)), next_try_at: AT_ONCE)
        end
      end

      # Returns due rows of one kind, which for `seconds` no other worker takes; live ones first.
      # Plain statements only, so that it works on every database.
      def lease_due(most, seconds)
        loop do
          ids = oldest_due(most)
          return [] if ids.empty?

          lease = SecureRandom.uuid
          due(Time.current).where(id: ids).update_all(
            ["lease = ?, next_try_at = ?, attempts = attempts + 1", lease, seconds.seconds.from_now]
          )
          leased = where(id: ids, lease: lease).order(:id).to_a
          return leased if leased.any? # else another worker was faster; there may be more
        end
      end

      # Forgets what was delivered before `time`: rows that have a successor, and texts of the others.
      def prune(time)
        old = where("delivered_at < ?", time)
        newer = "EXISTS (SELECT 1 FROM tutor_workbench_outbox newer " \
                "WHERE newer.kind = tutor_workbench_outbox.kind " \
                "AND newer.record_id = tutor_workbench_outbox.record_id " \
                "AND newer.version > tutor_workbench_outbox.version)"
        old.where(newer).in_batches { |batch| unscoped.where(id: batch.ids).delete_all }
        old.where.not(payload: "").in_batches { |batch| batch.update_all(payload: "") }
      end

      private

      # A payload holds what students wrote; the log must not, however it shows statements.
      def without_sql_log(&block)
        logger.respond_to?(:silence) ? logger.silence(&block) : yield
      end

      def oldest_due(most)
        now = Time.current
        first = due(now).order(:backfill, :id).first
        first ? due(now).where(kind: first.kind, backfill: first.backfill).order(:id).limit(most).ids : []
      end

      # The saved record's own row lock keeps two versions from being counted at once. The lock here
      # makes MySQL read what is committed now instead of what was when the transaction began.
      def next_version(kind, record_id)
        known = where(kind: kind, record_id: record_id)
        known.exists? ? known.order(version: :desc).lock.pick(:version) + 1 : 1
      end
    end

    # Why the workbench rejected it: [{ "pointer" => "/status", "code" => ..., "detail" => ... }].
    def row_errors
      rejected_at ? JSON.parse(last_error) : []
    end

    private

    # The row is committed. If the queue is down now, the next run of the job finds it.
    def deliver_soon
      DeliverJob.perform_later
    rescue StandardError => error
      logger&.warn("TutorWorkbench: job not enqueued (#{error.class}); the next run delivers")
    end
  end
end
