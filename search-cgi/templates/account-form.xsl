<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- What the pages of accounts have in common: choice of a role, its days, and
     what is said of a form that was sent. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <!-- The two lists, side by side. -->
  <xsl:template name="kept">
    <nav class="choice" aria-label="{t:t('Who may log in')}">
      <xsl:call-template name="nav-link">
        <xsl:with-param name="href">/accounts</xsl:with-param>
        <xsl:with-param name="text" select="t:t('Accounts')"/>
      </xsl:call-template>
      <xsl:call-template name="nav-link">
        <xsl:with-param name="href">/organisations</xsl:with-param>
        <xsl:with-param name="text" select="t:t('Organisations')"/>
      </xsl:call-template>
    </nav>
  </xsl:template>

  <xsl:template name="role-choice">
    <xsl:param name="chosen"/>
    <div>
      <label for="chosen-role"><xsl:value-of select="t:t('Role')"/></label>
      <select id="chosen-role" name="chosen-role">
        <xsl:for-each select="/page/role">
          <option value="{.}">
            <xsl:if test=". = $chosen"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
            <xsl:call-template name="role-name"><xsl:with-param name="role" select="."/></xsl:call-template>
          </option>
        </xsl:for-each>
      </select>
    </div>
  </xsl:template>

  <xsl:template name="office-fields">
    <div>
      <label for="document"><xsl:value-of select="t:t('Document')"/></label>
      <input id="document" name="document" type="text" maxlength="200" autocomplete="off" value="{/page/typed/@document}" aria-describedby="document-hint"/>
      <p class="hint" id="document-hint"><xsl:value-of select="t:t('Number and date of what proves the role; notary, bank and bailiff need one.')"/></p>
    </div>
    <div>
      <label for="from"><xsl:value-of select="t:t('From the day')"/></label>
      <input id="from" name="from" type="date" value="{/page/typed/@from}" aria-describedby="days-hint"/>
    </div>
    <div>
      <label for="to"><xsl:value-of select="t:t('To the day')"/></label>
      <input id="to" name="to" type="date" value="{/page/typed/@to}" aria-describedby="days-hint"/>
      <p class="hint" id="days-hint"><xsl:value-of select="t:t('Empty: from today on, and without end. Days are of UTC.')"/></p>
    </div>
  </xsl:template>

  <xsl:template name="done">
    <xsl:if test="@secret != ''">
      <p class="notice" role="status">
        <xsl:choose>
          <xsl:when test="@done = 'totp'"><xsl:value-of select="t:t('Secret of %1 for one-time codes, shown only now:', @subject)"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="t:t('Code of %1, shown only now:', @subject)"/></xsl:otherwise>
        </xsl:choose>
        <xsl:text> </xsl:text>
        <strong class="id secret"><xsl:value-of select="@secret"/></strong>
      </p>
      <p><xsl:choose>
        <xsl:when test="@done = 'totp'"><xsl:value-of select="t:t('Its owner enters it into the app on his device. From now on nobody logs in as him without the six digits that it shows.')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="t:t('Hand it over in person. At the first log-in another one is put in its place.')"/></xsl:otherwise>
      </xsl:choose></p>
    </xsl:if>
    <xsl:choose>
      <xsl:when test="@wrong != ''"><p class="notice wrong" role="alert"><xsl:call-template name="wrong"/></p></xsl:when>
      <xsl:when test="@done = 'removed' or @done = 'remove'"><p class="notice" role="status"><xsl:value-of select="t:t('%1 is removed.', @subject)"/></p></xsl:when>
      <xsl:when test="@done = 'added' and not(@secret)"><p class="notice" role="status"><xsl:value-of select="t:t('%1 is added. It needs a user who keeps the others: add one.', @subject)"/></p></xsl:when>
      <xsl:when test="@done = 'dismiss' and organisation"><p class="notice" role="status"><xsl:value-of select="t:t('%1 has no role from now on: its users can log in, and see nothing.', @subject)"/></p></xsl:when>
      <xsl:when test="@done = 'appoint'"><p class="notice" role="status"><xsl:value-of select="t:t('The role is given.')"/></p></xsl:when>
      <xsl:when test="@done = 'dismiss'"><p class="notice" role="status"><xsl:value-of select="t:t('%1 has no role from now on: he can log in, and sees nothing.', @subject)"/></p></xsl:when>
      <xsl:when test="@done = 'session'"><p class="notice" role="status"><xsl:value-of select="t:t('The session is over.')"/></p></xsl:when>
      <xsl:when test="@done = 'totp-remove'"><p class="notice" role="status"><xsl:value-of select="t:t('One-time codes are asked of %1 no more.', @subject)"/></p></xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="own-organisation"><xsl:value-of select="t:t('You act for this organisation yourself: a colleague changes it.')"/></xsl:template>

  <xsl:template name="wrong">
    <xsl:value-of select="t:t('Nothing was changed.')"/>
    <xsl:text> </xsl:text>
    <xsl:choose>
      <xsl:when test="@wrong = 'empty'"><xsl:value-of select="t:t('Identifier and name are needed, up to 63 and 120 characters.')"/></xsl:when>
      <xsl:when test="@wrong = 'check-digit'"><xsl:value-of select="t:t('“%1” is no personal or company number: its check digit is wrong.', @subject)"/></xsl:when>
      <xsl:when test="@wrong = 'document'"><xsl:value-of select="t:t('The document is missing: number and date of what it is done on.')"/></xsl:when>
      <xsl:when test="@wrong = 'taken'"><xsl:value-of select="t:t('There is an account or organisation “%1” already.', @subject)"/></xsl:when>
      <xsl:when test="@wrong = 'users'"><xsl:value-of select="t:t('It can be closed when it has no users any more.')"/></xsl:when>
      <xsl:when test="@wrong = 'own-organisation'"><xsl:call-template name="own-organisation"/></xsl:when>
      <xsl:when test="@wrong = 'organisation'"><xsl:value-of select="t:t('Please look at the fields: days like 2026-11-26, the end neither before the beginning nor over; the document in one line.')"/></xsl:when>
      <xsl:when test="@wrong = 'self'"><xsl:value-of select="t:t('This is your own account: a colleague changes it.')"/></xsl:when>
      <xsl:when test="@wrong = 'no-totp'"><xsl:value-of select="t:t('No one-time codes are asked of %1.', @subject)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('Please look at the fields: days like 2026-11-26, the end neither before the beginning nor over; who acts for an organisation has its role, and the organisation has one today; the site in Latin letters.')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
