# frozen_string_literal: true

module TutorWorkbench
  # Delivers what is due. Any number may run at once, and run it each minute as well: a job that was
  # lost, or a worker that died, leaves nothing behind but rows that are due later.
  class DeliverJob < ActiveJob::Base
    queue_as :default

    class_attribute :batch_size, default: Client::MOST_RECORDS
    class_attribute :lease_seconds, default: 300 # longer than a request with its retries takes
    class_attribute :first_wait, default: 5
    class_attribute :longest_wait, default: 900

    # Refusals that are about what was sent. Others are about addresses and rights: those are mended.
    ABOUT_THE_BODY = [400, 413, 422].freeze

    def perform
      client = Client.new(**Rails.configuration.x.tutor_workbench)
      until (entries = OutboxEntry.lease_due(batch_size, lease_seconds)).empty?
        begin
          deliver(client, entries)
        rescue Error => error
          return postpone(entries, error.message, error.retry_after)
        rescue ActiveRecord::ActiveRecordError => error # its message may show a payload
          return postpone(entries, "Not marked in the database (#{error.class})")
        end
      end
    end

    private

    # To send twice is harmless, since the workbench stores each version once. So the order is: send,
    # then mark; a crash in between costs a second sending.
    def deliver(client, entries)
      first = entries.first
      settle(entries, client.post(first.kind, entries.map(&:payload), backfill: first.backfill))
    rescue Refused => error
      raise unless ABOUT_THE_BODY.include?(error.status)

      isolate(client, entries, error)
    end

    def settle(entries, result)
      rejections = result.rejected.to_h { |row| [row[:index], row[:errors]] }
      rejected, delivered = entries.each_with_index.partition { |_, index| rejections.key?(index) }
      finish(delivered.map { |entry, _| entry.id }, delivered_at: Time.current, last_error: nil)
      rejected.each { |entry, index| reject(entry, rejections[index]) }
    end

    # One record that spoils the whole request must not hold back the others: halve until it is alone.
    def isolate(client, entries, error)
      if entries.one?
        reject(entries.first, [{ pointer: "", code: "refused_#{error.status}", detail: error.message }])
      else
        entries.each_slice((entries.size + 1) / 2) { |half| deliver(client, half) }
      end
    end

    def reject(entry, errors)
      finish([entry.id], rejected_at: Time.current, last_error: errors.to_json)
    end

    def finish(ids, **outcome)
      OutboxEntry.where(id: ids).update_all(next_try_at: nil, lease: nil, **outcome)
    end

    # Only what is still ours: part of it may be settled, or be taken over after a long pause.
    def postpone(entries, reason, retry_after = nil)
      jitter = rand * [first_wait * 2**entries.map(&:attempts).max, longest_wait].min
      wait = [jitter, retry_after || 0].max
      OutboxEntry.where(id: entries.map(&:id), lease: entries.first.lease)
                 .update_all(next_try_at: wait.seconds.from_now, lease: nil, last_error: reason)
      run_again_in(wait.seconds)
    end

    def run_again_in(wait)
      self.class.set(wait: wait).perform_later
    rescue StandardError, NotImplementedError => error # the :inline adapter knows no later
      logger&.warn("TutorWorkbench: not enqueued again (#{error.class}); the next run delivers")
    end
  end
end
