# frozen_string_literal: true

module TutorWorkbench
  # For a model whose records the workbench is told of. The model defines `tutor_workbench_record`:
  # the record as a Hash after the workbench's contract, without a version, or nil for "not this one".
  module Reports
    extend ActiveSupport::Concern

    included do
      class_attribute :tutor_workbench_kind, default: "sessions" # or "tutors", "flag-actions"
      # within the transaction of the save: both are there, or neither is
      after_save :report_to_tutor_workbench, if: :saved_changes?
    end

    # Call it, in a transaction, when something changed that the record is made of but not the model.
    def report_to_tutor_workbench
      write_to_tutor_workbench_outbox(backfill: false)
    end

    # Reports what was there before this was installed. Does nothing if it was ever reported.
    def backfill_to_tutor_workbench
      with_lock { write_to_tutor_workbench_outbox(backfill: true) }
    end

    private

    def write_to_tutor_workbench_outbox(backfill:)
      record = tutor_workbench_record
      OutboxEntry.write(tutor_workbench_kind, record, backfill: backfill) if record
    end
  end
end
