# frozen_string_literal: true

class TutoringSessionsController < ActionController::API
  def create
    render json: { id: TutoringSession.create!(values).id }
  end

  def update
    TutoringSession.find(params[:id]).update!(values)
    head :no_content
  end

  private

  def values
    params.require(:tutoring_session).permit!
  end
end
